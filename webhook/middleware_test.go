package webhook_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

func TestMiddlewareHandsTheRequestOn(t *testing.T) {
	slack := must(t)(webhook.NewSlack(secret))
	sent := slackEvent()
	sent.Path, sent.Query = "/hooks", "a=1"
	var d webhook.Delivery
	var body []byte
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var ok bool
		var err error
		d, ok = webhook.FromContext(r.Context())
		if body, err = io.ReadAll(r.Body); err != nil || !ok || r.URL.RequestURI() != "/hooks?a=1" || r.ContentLength != int64(len(sent.Body)) {
			t.Errorf("got %v, %v, %s, %d", ok, err, r.URL, r.ContentLength)
		}
		if again, err := io.ReadAll(r.Body); err != nil || len(again) > 0 {
			t.Errorf("after the body: %q, %v", again, err)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	h := slack.Middleware(next)
	urls := map[string]string{"net/http": fronttest.Serve(t, h)}
	for name, f := range fronttest.Fronts {
		urls[name] = f.Deploy(t, lambdahttp.Wrap(h))
	}
	for name, base := range urls {
		d, body = webhook.Delivery{}, nil
		got := fronttest.Send(t, base+"/hooks?a=1", "POST", sent.Header, sent.Body)
		if got.Status != http.StatusAccepted || !bytes.Equal(body, sent.Body) || !bytes.Equal(d.Body, sent.Body) || d.ID() != "Ev1" || d.Type() != "app_mention" {
			t.Errorf("%s: answered %+v; read %q; got %+v", name, got, body, d)
		}
	}
}

func TestMiddlewareLetsNothingElseThrough(t *testing.T) {
	h := must(t)(webhook.NewSlack(secret, small)).Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the handler was called")
	}))
	for name, tt := range map[string]struct {
		request webhooktest.Request
		want    int
	}{
		"forged":      {webhooktest.SlackEvent(secret+"x", "Ev1", map[string]string{"type": "message"}), 401},
		"a GET":       {changed(slackEvent(), func(r *webhooktest.Request) { r.Method = "GET" }), 405},
		"too large":   {changed(slackEvent(), func(r *webhooktest.Request) { r.Body = make([]byte, 301) }), 413},
		"a challenge": {webhooktest.SlackChallenge(secret, "x"), 200},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, tt.request.HTTP())
		if w.Code != tt.want {
			t.Errorf("%s: answered %d, want %d", name, w.Code, tt.want)
		}
	}
}

func TestFromContextWithoutMiddleware(t *testing.T) {
	if d, ok := webhook.FromContext(t.Context()); ok || d.Provider != "" {
		t.Errorf("got %+v", d)
	}
}

// counted counts the bytes that are read.
type counted struct {
	io.Reader
	read int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// TestBodyLimit: a body is read up to the byte that shows that it is too large.
func TestBodyLimit(t *testing.T) {
	const limit = 300
	h := must(t)(webhook.NewGitHub(secret, small)).Handle(func(context.Context, webhook.Delivery) error { return nil })
	for _, tt := range []struct {
		size, length, want, read int
	}{
		{limit, limit, 200, limit},
		{limit, -1, 200, limit}, // chunked
		{limit + 1, limit + 1, 413, limit + 1},
		{limit + 1, -1, 413, limit + 1},
		{1 << 20, -1, 413, limit + 1},
	} {
		sent := webhooktest.GitHub(secret, "1", "push", bytes.Repeat([]byte("x"), tt.size))
		body := &counted{Reader: bytes.NewReader(sent.Body)}
		r := sent.HTTP()
		r.Body, r.ContentLength = io.NopCloser(body), int64(tt.length)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want || body.read != tt.read {
			t.Errorf("%d bytes, length %d: answered %d after %d bytes, want %d after %d", tt.size, tt.length, w.Code, body.read, tt.want, tt.read)
		}
	}
}

func TestDefaultBodyLimit(t *testing.T) {
	limits := map[string]int{"github": 6 << 20, "shopify": 6 << 20}
	for name, v := range verifiers(t) {
		limit := cmp.Or(limits[name], 1<<20)
		for size, want := range map[int]error{limit: nil, limit + 1: webhook.ErrTooLarge} {
			header, body := ids(), make([]byte, size)
			if err := v.Sign(header, now, body); err != nil {
				t.Fatal(err)
			}
			if _, err := v.Verify(header, body); !errors.Is(err, want) {
				t.Errorf("%s, %d bytes: %v, want %v", name, size, err, want)
			}
		}
	}
}

// TestNoBodyLimit: the largest limit works like any other.
func TestNoBodyLimit(t *testing.T) {
	h := must(t)(webhook.NewGitHub(secret, func(o *webhook.Options) { o.MaxBody = math.MaxInt })).Handle(func(context.Context, webhook.Delivery) error { return nil })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, webhooktest.GitHub(secret, "1", "push", 1).HTTP())
	if w.Code != http.StatusOK {
		t.Errorf("answered %d", w.Code)
	}
}

func TestUnreadableBodies(t *testing.T) {
	h := must(t)(webhook.NewGitHub(secret)).Handle(unwanted(t))
	sent := webhooktest.GitHub(secret, "1", "push", strings.Repeat("x", 100))
	for name, tt := range map[string]struct {
		wrap func(io.ReadCloser) io.ReadCloser
		want int
	}{
		"it breaks off": {func(b io.ReadCloser) io.ReadCloser {
			return io.NopCloser(io.MultiReader(io.LimitReader(b, 10), iotest.ErrReader(io.ErrUnexpectedEOF)))
		}, 400},
		"another limit": {func(b io.ReadCloser) io.ReadCloser { return http.MaxBytesReader(nil, b, 50) }, 413},
	} {
		r := sent.HTTP()
		r.Body, r.ContentLength = tt.wrap(r.Body), -1
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: answered %d, want %d", name, w.Code, tt.want)
		}
	}
}

type contextKey struct{}

// TestRequestsWithoutABody: http.NewRequest leaves it nil.
func TestRequestsWithoutABody(t *testing.T) {
	r, err := http.NewRequest("POST", "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	newSlack(t).Handle(unwanted(t)).ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("answered %d, want 401", w.Code)
	}
}

// TestContextReachesTheHandler with its values, its deadline and its cancellation.
func TestContextReachesTheHandler(t *testing.T) {
	slack := must(t)(webhook.NewSlack(secret, silent))
	sent := slackEvent()
	for name, call := range map[string]func(*webhook.Handler, context.Context){
		"Invoke": func(h *webhook.Handler, ctx context.Context) { _, _ = h.Invoke(ctx, sent.RESTAPI()) },
		"net/http": func(h *webhook.Handler, ctx context.Context) {
			h.ServeHTTP(httptest.NewRecorder(), sent.HTTP().WithContext(ctx))
		},
	} {
		ctx, cancel := context.WithDeadline(context.WithValue(t.Context(), contextKey{}, name), time.Now().Add(time.Hour))
		called := false
		call(slack.Handle(func(got context.Context, _ webhook.Delivery) error {
			called = true
			want, _ := ctx.Deadline()
			if at, ok := got.Deadline(); !ok || !at.Equal(want) || got.Value(contextKey{}) != name {
				t.Errorf("%s: got deadline %v, value %v", name, at, got.Value(contextKey{}))
			}
			cancel()
			<-got.Done() // hangs, and so fails, if it is another context
			return got.Err()
		}), ctx)
		if !called {
			t.Errorf("%s: the handler was not called", name)
		}
	}
}

// TestHandlerStopsAtTheDeadline of the invocation, in virtual time.
func TestHandlerStopsAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := must(t)(webhook.NewSlack(secret, silent))
		h := slack.Handle(func(ctx context.Context, _ webhook.Delivery) error {
			<-ctx.Done()
			return ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		out, err := h.Invoke(ctx, slackEvent().FunctionURL())
		if err != nil || !bytes.Contains(out, []byte(`"statusCode":500`)) {
			t.Errorf("answered %s, %v", out, err)
		}
	})
}
