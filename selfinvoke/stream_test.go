package selfinvoke_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdaurl"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// streamed is the response of a function URL that streams.
func streamed(fn *lambdalocal.Function) *http.Response {
	w, served := &piped{header: http.Header{}, head: make(chan *http.Response, 1)}, make(chan struct{})
	var body *io.PipeReader
	body, w.body = io.Pipe()
	go func() {
		defer close(served)
		fn.URL(func(o *lambdalocal.URLOptions) { o.InvokeMode = types.InvokeModeResponseStream }).
			ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		w.body.Close()
	}()
	r := <-w.head
	r.Body = body
	return r
}

// piped is a ResponseWriter that can be read meanwhile.
type piped struct {
	header http.Header
	head   chan *http.Response
	body   *io.PipeWriter
}

func (w *piped) Header() http.Header { return w.header }
func (w *piped) WriteHeader(status int) {
	w.head <- &http.Response{StatusCode: status, Header: w.header.Clone()}
}

func (w *piped) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return w.body.Write(p)
}

// TestWrapStreams: the handler goes on when the first piece was read, and its task is
// run with its error reaching Lambda.
func TestWrapStreams(t *testing.T) {
	type wrap = func(http.Handler, selfinvoke.AnyTask) lambda.Handler
	for name, wrap := range map[string]wrap{
		"lambdahttp.Stream": func(h http.Handler, task selfinvoke.AnyTask) lambda.Handler {
			return selfinvoke.Wrap(lambdahttp.Stream(h), task)
		},
		"lambdaurl": func(h http.Handler, task selfinvoke.AnyTask) lambda.Handler {
			return selfinvoke.Wrap(lambda.NewHandler(lambdaurl.Wrap(h)), task)
		},
		"WrapFunc": func(h http.Handler, task selfinvoke.AnyTask) lambda.Handler {
			return selfinvoke.WrapFunc(lambdaurl.Wrap(h), task)
		},
		"a Wrap of a Wrap": func(h http.Handler, task selfinvoke.AnyTask) lambda.Handler {
			return selfinvoke.Wrap(selfinvoke.Wrap(selfinvoke.Wrap(lambdahttp.Stream(h))), task)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
			defer local.Close()
			dead := make(chan lambdalocal.DeadLetter, 1)
			task := selfinvoke.NewTask("t", local.Client(), func(context.Context, string) error { return errors.New("no luck") }, quiet)
			read := make(chan struct{})
			fn, err := local.AddFunction("f", wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
				w.WriteHeader(http.StatusAccepted)
				io.WriteString(w, "first")
				<-read
				fmt.Fprintf(w, "second: %v", task.Invoke(r.Context(), "x"))
			}), task), func(o *lambdalocal.FunctionOptions) {
				o.MaximumRetryAttempts, o.DeadLetter = 0, func(d lambdalocal.DeadLetter) { dead <- d }
			})
			if err != nil {
				t.Fatal(err)
			}
			resp := streamed(fn)
			if resp.StatusCode != http.StatusAccepted || resp.Header.Get("Set-Cookie") != "seen=1" || resp.Header.Get("Content-Type") != "text/event-stream" {
				t.Errorf("%s: got %d %v", name, resp.StatusCode, resp.Header)
			}
			if first := make([]byte, 5); !readsAll(resp.Body, first) || string(first) != "first" {
				t.Errorf("%s: read %q", name, first)
			}
			close(read)
			if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "second: <nil>" {
				t.Errorf("%s: read %q, %v", name, rest, err)
			}
			if d := <-dead; !strings.Contains(string(d.Body), `"isAsync":true`) || d.ErrorMessage != "no luck" {
				t.Errorf("%s: the dead letter is %+v", name, d)
			}
		})
	}
}

func readsAll(r io.Reader, p []byte) bool {
	_, err := io.ReadFull(r, p)
	return err == nil
}

// TestWrapOfNewHandler: the handlers of lambda.NewHandler share buffers, and their
// bytes stay valid nevertheless.
func TestWrapOfNewHandler(t *testing.T) {
	h := selfinvoke.Wrap(lambda.NewHandler(func(n int) (string, error) { return strings.Repeat(fmt.Sprint(n%10), 1000), nil }))
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			out, err := h.Invoke(t.Context(), fmt.Append(nil, n))
			if want := `"` + strings.Repeat(fmt.Sprint(n%10), 1000) + `"`; err != nil || string(out) != want {
				t.Errorf("%d: got another response, %v", n, err)
			}
		})
	}
	all.Wait()
}

// TestWrapOfNewHandlerRefuses what Wrap of any handler refuses.
func TestWrapOfNewHandlerRefuses(t *testing.T) {
	h := selfinvoke.Wrap(lambda.NewHandler(func(json.RawMessage) (any, error) { t.Error("the handler was called"); return nil, nil }))
	for _, event := range []string{`{"isAsync":true,"version":1,"task":"new","id":"1","hop":1,"payload":1}`, `{"isAsync":true,"headers":{}}`} {
		if _, err := h.Invoke(t.Context(), []byte(event)); !errors.Is(err, selfinvoke.ErrEnvelope) {
			t.Errorf("%s: got %v", event, err)
		}
	}
}

// TestWrapAnswersEnvelopesWithNothing, also where the handler streams.
func TestWrapAnswersEnvelopesWithNothing(t *testing.T) {
	task := selfinvoke.NewTask("t", &fake{}, func(context.Context, int) error { return nil })
	h := selfinvoke.Wrap(lambda.NewHandler(func() (*events.LambdaFunctionURLStreamingResponse, error) { return nil, nil }), task)
	out, err := h.Invoke(t.Context(), []byte(`{"isAsync":true,"version":1,"task":"t","id":"1","hop":1,"payload":1}`))
	if err != nil || len(out) != 0 {
		t.Errorf("got %q, %v", out, err)
	}
}
