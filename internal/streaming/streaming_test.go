package streaming_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/handlertrace"

	"github.com/asyncpatterns/asyncpatterns/internal/streaming"
)

const integration = "application/vnd.awslambda.http-integration-response"

// open returns the response of the handler to an empty object.
func open(t *testing.T, h lambda.Handler) (*streaming.Response, error) {
	t.Helper()
	return streaming.New(h).Open(t.Context(), []byte(`{}`))
}

// piped returns a func whose response is what is written to the pipe.
func piped() (func() (*events.LambdaFunctionURLStreamingResponse, error), *io.PipeWriter) {
	r, w := io.Pipe()
	return func() (*events.LambdaFunctionURLStreamingResponse, error) {
		return &events.LambdaFunctionURLStreamingResponse{StatusCode: 200, Body: r}, nil
	}, w
}

// The reader is there before anything is written to it.
func TestOpenReturnsTheReader(t *testing.T) {
	fn, w := piped()
	r, err := open(t, lambda.NewHandler(fn))
	if err != nil || r.ContentType() != integration {
		t.Fatalf("got %v of type %s", err, r.ContentType())
	}
	buf := make([]byte, 100)
	if n, err := r.Read(buf); err != nil || string(buf[:n]) != `{"statusCode":200}`+strings.Repeat("\x00", 8) {
		t.Fatalf("read %q, %v", buf[:n], err)
	}
	go io.WriteString(w, "late")
	if n, err := r.Read(buf); err != nil || string(buf[:n]) != "late" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
	r.Close()
	if _, err := io.WriteString(w, "x"); err != io.ErrClosedPipe {
		t.Errorf("after Close: wrote with %v", err)
	}
}

type custom func(context.Context, []byte) ([]byte, error)

func (c custom) Invoke(ctx context.Context, event []byte) ([]byte, error) { return c(ctx, event) }

// jsonReader is a reader that aws-lambda-go marshals.
type jsonReader struct {
	io.Reader `json:"-"`
	A         int
}

func TestOpenReadsWhatLambdaReads(t *testing.T) {
	failure := errors.New("failure")
	for name, tt := range map[string]struct {
		handler           any
		contentType, body string
		err               error
	}{
		"a reader":         {func() (io.Reader, error) { return strings.NewReader("x"), nil }, "application/octet-stream", "x", nil},
		"JSON":             {func() (any, error) { return map[string]int{"a": 1}, nil }, "application/json", `{"a":1}`, nil},
		"no value":         {func() (any, error) { return nil, nil }, "application/json", `null`, nil},
		"a JSON reader":    {func() (*jsonReader, error) { return &jsonReader{strings.NewReader("x"), 1}, nil }, "application/json", `{"A":1}`, nil},
		"a nil reader":     {func() (*jsonReader, error) { return nil, nil }, "application/json", `null`, nil},
		"an error":         {func() (io.Reader, error) { return strings.NewReader("x"), failure }, "", "", failure},
		"only an error":    {func() error { return failure }, "", "", failure},
		"a handler":        {custom(func(context.Context, []byte) ([]byte, error) { return []byte("x"), nil }), "application/octet-stream", "x", nil},
		"a handler's fail": {custom(func(context.Context, []byte) ([]byte, error) { return nil, failure }), "", "", failure},
	} {
		r, err := open(t, lambda.NewHandler(tt.handler))
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: got the error %v, want %v", name, err, tt.err)
		}
		if err != nil {
			continue
		}
		if body, err := io.ReadAll(r); err != nil || string(body) != tt.body || r.ContentType() != tt.contentType {
			t.Errorf("%s: got %q of %s, %v", name, body, r.ContentType(), err)
		}
	}
}

// A handler that calls another one decides itself what becomes of its response, also
// if it passes its context on.
func TestOpenLeavesNestedHandlersAlone(t *testing.T) {
	inner := lambda.NewHandler(func(context.Context, json.RawMessage) (io.Reader, error) { return strings.NewReader("inner"), nil })
	around := func(ctx context.Context, event json.RawMessage) (string, error) {
		out, err := inner.Invoke(ctx, event)
		return "<" + string(out) + ">", err
	}
	for name, h := range map[string]lambda.Handler{
		"a func": lambda.NewHandler(around),
		"a handler": lambda.NewHandler(custom(func(ctx context.Context, event []byte) ([]byte, error) {
			out, err := around(ctx, event)
			return []byte(`"` + out + `"`), err
		})),
		"a goroutine": lambda.NewHandler(func(ctx context.Context, event json.RawMessage) (out string, err error) {
			var wg sync.WaitGroup
			wg.Go(func() { out, err = around(ctx, event) })
			wg.Wait()
			return out, err
		}),
	} {
		r, err := open(t, h)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if body, _ := io.ReadAll(r); string(body) != `"<inner>"` {
			t.Errorf("%s: got %q", name, body)
		}
	}
}

// A handler may open another one in turn.
func TestOpenNests(t *testing.T) {
	fn, w := piped()
	h := lambda.NewHandler(fn)
	for range 3 {
		inner := streaming.New(h)
		h = lambda.NewHandler(func(ctx context.Context, event json.RawMessage) (io.Reader, error) { return inner.Open(ctx, event) })
	}
	r, err := open(t, h)
	if err != nil || r.ContentType() != integration {
		t.Fatalf("got %v", err)
	}
	r.Close()
	if _, err := io.WriteString(w, "x"); err != io.ErrClosedPipe {
		t.Errorf("after Close: wrote with %v", err)
	}
}

func TestOpenKeepsTheTrace(t *testing.T) {
	var seen []any
	trace := handlertrace.HandlerTrace{ResponseEvent: func(_ context.Context, value any) { seen = append(seen, value) }}
	body := strings.NewReader("x")
	h := streaming.New(lambda.NewHandler(func() (io.Reader, error) { return body, nil }))
	if _, err := h.Open(handlertrace.NewContext(t.Context(), trace), []byte(`{}`)); err != nil || len(seen) != 1 || seen[0] != body {
		t.Errorf("the trace saw %v, %v", seen, err)
	}
}

func TestOpenLeavesPanicsAlone(t *testing.T) {
	defer func() {
		if got := recover(); got != "lost" {
			t.Errorf("recovered %v", got)
		}
	}()
	_, _ = open(t, lambda.NewHandler(func() (io.Reader, error) { panic("lost") }))
}

func TestOpenLeavesGoexitAlone(t *testing.T) {
	returned := false
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = open(t, lambda.NewHandler(func() (io.Reader, error) { runtime.Goexit(); return nil, nil }))
		returned = true
	})
	wg.Wait()
	if returned {
		t.Error("the goroutine went on")
	}
}

// The handlers of lambda.NewHandler share buffers among their calls.
func TestOpenConcurrently(t *testing.T) {
	h := streaming.New(lambda.NewHandler(func(n int) (string, error) { return strings.Repeat(fmt.Sprint(n%10), 1000), nil }))
	var wg sync.WaitGroup
	for n := range 200 {
		wg.Go(func() {
			r, err := h.Open(t.Context(), fmt.Append(nil, n))
			if err != nil {
				t.Error(err)
				return
			}
			body, _ := io.ReadAll(r)
			if want := `"` + strings.Repeat(fmt.Sprint(n%10), 1000) + `"`; string(body) != want {
				t.Errorf("%d: got another call's response", n)
			}
		})
	}
	wg.Wait()
}

func TestStreams(t *testing.T) {
	if !streaming.New(lambda.NewHandler(func() {})).Streams() {
		t.Error("a handler of lambda.NewHandler does not stream")
	}
	if streaming.New(custom(nil)).Streams() {
		t.Error("a handler of another type streams")
	}
}
