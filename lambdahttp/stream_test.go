package lambdahttp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/streaming"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

const (
	httpAPI = `{"version":"2.0","requestContext":{"accountId":"123456789012","domainName":"a.example","http":{"method":"POST"}}}`
	payload = `{"version":"1.0","httpMethod":"POST","path":"/"}`
	nul     = "\x00\x00\x00\x00\x00\x00\x00\x00"
)

// opened returns the response of the handler to the event, not read yet.
func opened(t *testing.T, h func(http.ResponseWriter, *http.Request), event string) *streaming.Response {
	t.Helper()
	r, err := streaming.New(lambdahttp.Stream(http.HandlerFunc(h))).Open(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// read returns all of the response, or what came before the error.
func read(r io.Reader) (string, error) {
	out, err := io.ReadAll(r)
	return string(out), err
}

func TestStreamAnswersInTheFormOfTheFront(t *testing.T) {
	h := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.Header()["X-A"] = []string{"1", "2"}
		typed("text/plain", "<x>")(w)
	}
	const (
		integration = "application/vnd.awslambda.http-integration-response"
		multi       = `"multiValueHeaders":{"Content-Type":["text/plain"],"Set-Cookie":["a=1","b=2"],"X-A":["1","2"]}`
	)
	for event, want := range map[string]struct{ contentType, body string }{
		functionURL: {integration, `{"statusCode":200,"headers":{"Content-Type":"text/plain","X-A":"1,2"},"cookies":["a=1","b=2"]}` + nul + "<x>"},
		restAPI:     {integration, `{"statusCode":200,` + multi + `}` + nul + "<x>"},
		httpAPI:     {"application/json", string(invoked(t, lambdahttp.Wrap(http.HandlerFunc(h)), httpAPI))},
		payload:     {"application/json", string(invoked(t, lambdahttp.Wrap(http.HandlerFunc(h)), payload))},
		balancer:    {"application/json", string(invoked(t, lambdahttp.Wrap(http.HandlerFunc(h)), balancer))},
	} {
		r := opened(t, h, event)
		got, err := read(r)
		if err != nil || got != want.body || r.ContentType() != want.contentType {
			t.Errorf("%s is answered\n%q, want\n%q: %s, %v", event, got, want.body, r.ContentType(), err)
		}
	}
}

// TestStreamSendsAtOnce: the handler goes on only when the previous piece was read.
func TestStreamSendsAtOnce(t *testing.T) {
	for name, send := range map[string]func(w http.ResponseWriter, piece string){
		"with a type": func(w http.ResponseWriter, piece string) {
			w.Header().Set("Content-Type", "a/b")
			io.WriteString(w, piece)
		},
		"flushed": func(w http.ResponseWriter, piece string) {
			io.WriteString(w, piece)
			w.(http.Flusher).Flush()
		},
		"by a controller": func(w http.ResponseWriter, piece string) {
			io.WriteString(w, piece)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		},
		"as much as is sniffed": func(w http.ResponseWriter, piece string) { io.WriteString(w, piece+strings.Repeat(" ", 600)) },
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			r := opened(t, func(w http.ResponseWriter, _ *http.Request) {
				for _, piece := range []string{"one", "two"} {
					send(w, piece)
					time.Sleep(time.Hour)
				}
			}, functionURL)
			buf := make([]byte, 4096)
			r.Read(buf) // the head
			for n, piece := range []string{"one", "two"} {
				size, err := r.Read(buf)
				if err != nil || !strings.HasPrefix(string(buf[:size]), piece) {
					t.Errorf("%s: read %q, %v", name, buf[:size], err)
				}
				if took := time.Since(began); took != time.Duration(n)*time.Hour {
					t.Errorf("%s: %s came after %v", name, piece, took)
				}
			}
			if _, err := read(r); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStreamSendsTheHeadAtOnce, unless it lacks the type of a body.
func TestStreamSendsTheHeadAtOnce(t *testing.T) {
	for name, begin := range map[string]func(http.ResponseWriter){
		"a typed status": func(w http.ResponseWriter) { w.Header().Set("Content-Type", "a/b"); w.WriteHeader(202) },
		"no content":     func(w http.ResponseWriter) { w.WriteHeader(204) },
		"a flush":        func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			opened(t, func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done() }, functionURL)
			if took := time.Since(began); took != 0 {
				t.Errorf("%s: the head came after %v", name, took)
			}
		})
	}
}

// TestStreamPanics: the response breaks off, with the status 500 if it has not begun.
func TestStreamPanics(t *testing.T) {
	log := quiet(t)
	failure := errors.New("failure")
	for name, tt := range map[string]struct {
		value  any
		text   string
		logged bool
	}{
		"a text":   {"hidden", "lambdahttp: panic with a value of type string", true},
		"an error": {failure, "lambdahttp: panic: failure", true},
		"an abort": {http.ErrAbortHandler, "lambdahttp: panic: net/http: abort Handler", false},
	} {
		*log = bytes.Buffer{}
		for want, begin := range map[string]func(http.ResponseWriter){
			`{"statusCode":200,"headers":{"Content-Type":"a/b"}}` + nul + "begun": typed("a/b", "begun"),
			`{"statusCode":500}` + nul: func(w http.ResponseWriter) {
				w.Header().Set("X-A", "lost with the head")
				io.WriteString(w, "held")
			},
		} {
			got, err := read(opened(t, func(w http.ResponseWriter, _ *http.Request) { begin(w); panic(tt.value) }, functionURL))
			var p *lambdahttp.PanicError
			if !errors.As(err, &p) || p.Value != tt.value || err.Error() != tt.text || got != want {
				t.Errorf("%s: read %q, %v, want %q", name, got, err, want)
			}
			if value, ok := tt.value.(error); ok && !errors.Is(err, value) {
				t.Errorf("%s: %v is not %v", name, err, value)
			}
		}
		if logged := strings.Contains(log.String(), "TestStreamPanics"); logged != tt.logged || strings.Contains(log.String(), "hidden") {
			t.Errorf("%s: logged %s", name, log)
		}
	}
}

// quiet takes the lines of slog.Default.
func quiet(t *testing.T) *bytes.Buffer {
	log, old := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	return log
}

func TestStreamNoticesGoexit(t *testing.T) {
	quiet(t)
	_, err := read(opened(t, func(w http.ResponseWriter, _ *http.Request) { typed("a/b", "begun")(w); runtime.Goexit() }, functionURL))
	if err == nil || !strings.Contains(err.Error(), "goroutine") {
		t.Errorf("read with %v", err)
	}
}

// TestStreamClosed: a reader that is closed ends the writes and the request,
// and Close waits for the handler.
func TestStreamClosed(t *testing.T) {
	var got []error
	r := opened(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "a/b")
		for range 2 {
			_, err := io.WriteString(w, "x")
			got = append(got, err)
		}
		<-r.Context().Done()
		got = append(got, http.NewResponseController(w).Flush())
	}, functionURL)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if want := []error{io.ErrClosedPipe, io.ErrClosedPipe, context.Canceled}; !cmp.Equal(got, want, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })) {
		t.Errorf("wrote with %v, want %v", got, want)
	}
}

// TestStreamLateWrites: a goroutine that the handler has left behind writes nothing.
func TestStreamLateWrites(t *testing.T) {
	quiet(t)
	for name, end := range map[string]func(){"returned": func() {}, "panicked": func() { panic("lost") }} {
		var late http.ResponseWriter
		_, _ = lambdahttp.Stream(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { late = w; end() })).Invoke(t.Context(), []byte(functionURL))
		late.WriteHeader(500)
		if n, err := io.WriteString(late, "x"); n != 0 || err == nil {
			t.Errorf("%s: wrote %d bytes, %v", name, n, err)
		}
		c := http.NewResponseController(late)
		if err := c.Flush(); err == nil {
			t.Errorf("%s: flushed", name)
		}
		if err := c.SetWriteDeadline(time.Now()); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("%s: a write deadline is answered with %v", name, err)
		}
		if err := c.EnableFullDuplex(); err != nil {
			t.Errorf("%s: full duplex is answered with %v", name, err)
		}
	}
}

// TestStreamPanicsBesideAWriter: a goroutine that waits for the reader does not keep the
// panic from it.
func TestStreamPanicsBesideAWriter(t *testing.T) {
	quiet(t)
	synctest.Test(t, func(t *testing.T) {
		r := opened(t, func(w http.ResponseWriter, _ *http.Request) {
			http.NewResponseController(w).Flush()
			go io.WriteString(w, "never read")
			time.Sleep(time.Second)
			panic("lost")
		}, functionURL)
		time.Sleep(2 * time.Second)
		var p *lambdahttp.PanicError
		if got, err := read(r); !errors.As(err, &p) || strings.Contains(got, "never") {
			t.Errorf("read %q, %v", got, err)
		}
	})
}

// TestStreamContentLength: net/http too takes no more, and breaks a connection off
// that has carried less.
func TestStreamContentLength(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		err  bool
	}{"as long": {"12345", false}, "shorter": {"1234", true}, "longer": {"123456", true}} {
		got, err := read(opened(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, err := io.WriteString(w, tt.body)
			if (err == http.ErrContentLength) != (len(tt.body) > 5) {
				t.Errorf("%s: wrote with %v", name, err)
			}
		}, functionURL))
		if (err != nil) != tt.err || !strings.Contains(got, `"Content-Length":"5"`) {
			t.Errorf("%s: read %q, %v", name, got, err)
		}
	}
}

func TestStreamRefusesOtherEvents(t *testing.T) {
	h := lambdahttp.Stream(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }))
	for _, event := range []string{`null`, `[]`, `"hidden"`, `{"body":1}`, `{"Records":["hidden"]}`, `{"requestContext":{"http":{}}}`} {
		out, err := h.Invoke(t.Context(), []byte(event))
		var e *lambdahttp.EventError
		if !errors.As(err, &e) || out != nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: got %s, %v", event, out, err)
		}
	}
}

// TestStreamConcurrently: one process may serve several invocations at once.
func TestStreamConcurrently(t *testing.T) {
	h := streaming.New(lambdahttp.Stream(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })))
	var wg sync.WaitGroup
	for _, body := range strings.Split(strings.Repeat("a", 20), "") {
		wg.Go(func() {
			body := strings.Repeat(body, 2000)
			r, err := h.Open(t.Context(), []byte(`{"requestContext":{"http":{"method":"POST"}},"body":"`+body+`"}`))
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if got, err := read(r); err != nil || !strings.HasSuffix(got, nul+body) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
}

func TestStreamPanicsWithoutAHandler(t *testing.T) {
	defer func() {
		if got := recover(); got != "lambdahttp: Stream: h is nil" {
			t.Errorf("panicked with %v", got)
		}
	}()
	lambdahttp.Stream(nil)
}

// TestStreamOfHEAD: the body counts for the head, and is not sent.
func TestStreamOfHEAD(t *testing.T) {
	got, err := read(opened(t, func(w http.ResponseWriter, _ *http.Request) {
		if n, err := io.WriteString(w, "<html>"); n != 6 || err != nil {
			t.Errorf("wrote %d bytes, %v", n, err)
		}
	}, `{"requestContext":{"http":{"method":"HEAD"}}}`))
	if want := `{"statusCode":200,"headers":{"Content-Type":"text/html; charset=utf-8"}}` + nul; got != want || err != nil {
		t.Errorf("answered %q, %v", got, err)
	}
}

// TestStreamRefusesStatuses that no response can have, as net/http does.
func TestStreamRefusesStatuses(t *testing.T) {
	quiet(t)
	for _, status := range []int{99, 1000} {
		_, err := lambdahttp.Stream(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })).
			Invoke(t.Context(), []byte(functionURL))
		if p, ok := errors.AsType[*lambdahttp.PanicError](err); !ok {
			t.Errorf("%d is answered with %v", status, err)
		} else if p.Value != fmt.Sprintf("invalid WriteHeader code %d", status) {
			t.Errorf("%d: %v", status, p.Value)
		}
	}
}
