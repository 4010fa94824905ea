package lambdalocal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdaurl"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func streaming(f *lambdalocal.Function) http.Handler {
	return f.URL(func(o *lambdalocal.URLOptions) { o.InvokeMode = types.InvokeModeResponseStream })
}

// prelude is a response that says it begins with one.
type prelude struct{ body io.Reader }

func (p *prelude) Read(b []byte) (int, error) { return p.body.Read(b) }

func (*prelude) ContentType() string { return "application/vnd.awslambda.http-integration-response" }

// streamed is a function that returns what is written to the pipe.
func streamed(body *io.PipeReader) any {
	return func() (*events.LambdaFunctionURLStreamingResponse, error) {
		return &events.LambdaFunctionURLStreamingResponse{Body: body, Headers: map[string]string{"Content-Type": "text/plain"}}, nil
	}
}

func get(t *testing.T, handler http.Handler) (*http.Response, context.CancelFunc) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp, cancel
}

// The handler writes an event only after the client has read the previous one.
func TestStreamServerSentEvents(t *testing.T) {
	local, _ := newLocal(t)
	read := make(chan int)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		w.WriteHeader(http.StatusAccepted)
		<-read // the client has the headers
		for n := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", n)
			if <-read != n {
				t.Errorf("event %d was not read first", n)
			}
		}
	})
	resp, _ := get(t, streaming(add(t, local, "sse", lambdaurl.Wrap(handler))))
	if resp.StatusCode != 202 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Set-Cookie") != "seen=1" {
		t.Errorf("got %d %v", resp.StatusCode, resp.Header)
	}
	read <- -1
	lines := bufio.NewScanner(resp.Body)
	for n := range 3 {
		lines.Scan()
		if got := lines.Text(); got != fmt.Sprintf("data: %d", n) {
			t.Errorf("got %q", got)
		}
		lines.Scan()
		read <- n
	}
	if lines.Scan() || lines.Err() != nil {
		t.Errorf("after the last event: %q, %v", lines.Text(), lines.Err())
	}
}

func TestStreamResponses(t *testing.T) {
	nul := strings.Repeat("\x00", 8)
	for name, tt := range map[string]struct {
		handler           any
		status            int
		contentType, body string
	}{
		"a reader":       {func() (io.Reader, error) { return strings.NewReader("bytes"), nil }, 200, "application/octet-stream", "bytes"},
		"an empty one":   {func() (io.Reader, error) { return strings.NewReader(""), nil }, 200, "application/octet-stream", ""},
		"JSON":           {func() (any, error) { return map[string]int{"statusCode": 201}, nil }, 200, "application/json", `{"statusCode":201}`},
		"a handler's":    {raw(`{"statusCode":201}`), 200, "application/octet-stream", `{"statusCode":201}`}, // as lambda.Start sends it
		"no status":      {func() (*prelude, error) { return &prelude{strings.NewReader("{}" + nul + "x")}, nil }, 200, "application/json", "x"},
		"a NUL too many": {func() (*prelude, error) { return &prelude{strings.NewReader("{}" + nul + "\x00x")}, nil }, 200, "application/json", "\x00x"},
		"only a prelude": {func() (*prelude, error) {
			return &prelude{strings.NewReader(`{"statusCode":204,"headers":{"content-type":"a/b"}}` + nul)}, nil
		}, 204, "a/b", ""},
	} {
		local, _ := newLocal(t)
		w := do(streaming(add(t, local, "f", tt.handler)), "GET", "/", "")
		if w.Code != tt.status || w.Header().Get("Content-Type") != tt.contentType || w.Body.String() != tt.body {
			t.Errorf("%s: got %d %q of %q", name, w.Code, w.Body, w.Header().Get("Content-Type"))
		}
	}
}

func TestStreamFailsBeforeItsFirstByte(t *testing.T) {
	nul := strings.Repeat("\x00", 8)
	for name, handler := range map[string]any{
		"an error":       func() (io.Reader, error) { return nil, &problem{"no"} },
		"a panic":        func() (io.Reader, error) { panic("no") },
		"a broken body":  func() (io.Reader, error) { return broken{}, nil },
		"half a prelude": func() (*prelude, error) { return &prelude{io.MultiReader(strings.NewReader("{"), broken{})}, nil },
		"no prelude":     func() (*prelude, error) { return &prelude{strings.NewReader("hello")}, nil },
		"an endless one": func() (*prelude, error) {
			return &prelude{strings.NewReader(strings.Repeat(" ", 20<<10) + "{}" + nul)}, nil
		},
		"no JSON":      func() (*prelude, error) { return &prelude{strings.NewReader("hello" + nul)}, nil },
		"a bad header": func() (*prelude, error) { return &prelude{strings.NewReader(`{"headers":{"x":"\n"}}` + nul)}, nil },
	} {
		local, _ := newLocal(t)
		if w := do(streaming(add(t, local, "f", handler)), "GET", "/", ""); w.Code != 502 {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
	}
}

func TestStreamFailsAfterItsFirstByte(t *testing.T) {
	local, _ := newLocal(t)
	body, out := io.Pipe()
	resp, _ := get(t, streaming(add(t, local, "f", streamed(body))))
	io.WriteString(out, "begun")
	out.CloseWithError(&problem{"and lost"})
	got, err := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 || string(got) != "begun" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d %q, %v; want a broken connection", resp.StatusCode, got, err)
	}
}

func TestStreamTimesOut(t *testing.T) {
	local, _ := newLocal(t)
	body, out := io.Pipe()
	resp, _ := get(t, streaming(add(t, local, "f", streamed(body), func(o *lambdalocal.FunctionOptions) { o.Timeout = 100 * time.Millisecond })))
	_, err := io.ReadAll(resp.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want a broken connection", err)
	}
	io.WriteString(out, "read to the end")
	out.Close()
}

func TestStreamTimesOutAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		body, out := io.Pipe()
		began := time.Now()
		if value := aborted(streaming(add(t, local, "f", streamed(body)))); value != http.ErrAbortHandler {
			t.Errorf("got %v", value)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("after %v", took)
		}
		out.Close()
	})
}

// aborted returns what the handler panics with.
func aborted(h http.Handler) (value any) {
	defer func() { value = recover() }()
	do(h, "GET", "/", "")
	return nil
}

func TestStreamCallerLeaves(t *testing.T) {
	local, log := newLocal(t)
	body, out := io.Pipe()
	handler := streaming(add(t, local, "f", streamed(body), func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute }))
	served := make(chan struct{})
	resp, leave := get(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(served)
		handler.ServeHTTP(w, r)
	}))
	io.WriteString(out, "begun")
	if _, err := io.ReadFull(resp.Body, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	leave()
	<-served
	for range 10 { // the pipe holds nothing: all of it is read
		if _, err := io.WriteString(out, "more"); err != nil {
			t.Fatalf("the function was held up: %v", err)
		}
	}
	out.Close()
	local.Close()
	if strings.Contains(log.String(), "failed") {
		t.Errorf("the invocation failed: %s", log)
	}
}

// A caller that reads nothing does not keep the function beyond its timeout.
func TestStreamCallerIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		body, out := io.Pipe()
		fn := add(t, local, "f", streamed(body))
		w := &stuck{httptest.NewRecorder(), make(chan struct{})}
		go func() {
			defer func() { recover() }()
			streaming(fn).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		}()
		for range 10 {
			io.WriteString(out, "more")
		}
		out.Close()
		if err := local.Close(); err != nil {
			t.Error(err)
		}
		close(w.free)
	})
}

type stuck struct {
	*httptest.ResponseRecorder
	free chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.free
	return len(p), nil
}

func TestStreamIsLimited(t *testing.T) {
	for size, want := range map[int64]any{200 << 20: nil, 200<<20 + 1: http.ErrAbortHandler} {
		local, _ := newLocal(t)
		fn := add(t, local, "f", func() (io.Reader, error) { return bufio.NewReader(io.LimitReader(zeros{}, size)), nil },
			func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
		if got := func() (value any) {
			defer func() { value = recover() }()
			streaming(fn).ServeHTTP(nowhere{}, httptest.NewRequest("GET", "/", nil))
			return nil
		}(); got != want {
			t.Errorf("%d bytes: got %v", size, got)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) WriteHeader(int)             {}
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

func TestStreamFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		faults lambdalocal.Faults
		status int
		abort  any
	}{
		"before": {lambdalocal.Faults{CrashBefore: 1}, 502, nil},
		"after":  {lambdalocal.Faults{CrashAfter: 1}, 200, http.ErrAbortHandler},
	} {
		local, _ := newLocal(t, func(o *lambdalocal.Options) { o.Faults = tt.faults })
		fn := add(t, local, "f", func() (io.Reader, error) { return strings.NewReader("x"), nil })
		w := httptest.NewRecorder()
		got := func() (value any) {
			defer func() { value = recover() }()
			streaming(fn).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			return nil
		}()
		if w.Code != tt.status || got != tt.abort {
			t.Errorf("a crash %s: got %d and %v", name, w.Code, got)
		}
	}
}

// TestURLBufferedLosesTheBody of a response that was meant to be streamed.
//
// Source: radkawar/stackd@9dc356f5 testdata/aws/lambda/url_http_codecs.json,
// buffered_stream_metadata and buffered_stream_partial_error.
func TestURLBufferedLosesTheBody(t *testing.T) {
	local, log := newLocal(t)
	fn := add(t, local, "f", func() (*events.LambdaFunctionURLStreamingResponse, error) {
		return &events.LambdaFunctionURLStreamingResponse{
			StatusCode: 206, Headers: map[string]string{"Content-Type": "a/b", "X-Owned": "stream"}, Cookies: []string{"s=1; Path=/", "t=2; HttpOnly"}, Body: strings.NewReader("lost"),
		}, nil
	})
	w := do(fn.URL(), "GET", "/", "")
	if h := w.Header(); w.Code != 206 || h.Get("Content-Type") != "a/b" || h.Get("X-Owned") != "stream" || len(h["Set-Cookie"]) != 2 || w.Body.Len() != 0 {
		t.Errorf("got %d %v %q", w.Code, h, w.Body)
	}
	if !strings.Contains(log.String(), "InvokeMode RESPONSE_STREAM") {
		t.Errorf("logged %s", log)
	}
}
