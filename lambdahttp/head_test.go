package lambdahttp_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/streaming"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// failed returns the error of an invocation of Wrap, for each form of response.
func failed(t *testing.T, h func(http.ResponseWriter, *http.Request), check func(error)) {
	t.Helper()
	for _, event := range []string{functionURL, restAPI, balancer, balancers} {
		out, err := lambdahttp.Wrap(http.HandlerFunc(h)).Invoke(t.Context(), []byte(event))
		if err == nil {
			t.Errorf("%s: answered %s", event, out)
		}
		check(err)
	}
}

// TestWrapFailsForAShortBody: net/http breaks the connection.
func TestWrapFailsForAShortBody(t *testing.T) {
	failed(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "an incomplete file")
	}, func(error) {})
}

func TestWrapTakesNoMoreThanTheLength(t *testing.T) {
	failed(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		if n, err := io.WriteString(w, "more"); n != 0 || err != http.ErrContentLength {
			t.Errorf("wrote %d bytes, %v", n, err)
		}
	}, func(error) {})
}

// TestWrapTakesTheLengthOfNoBody: a response to HEAD says how long the body would be.
func TestWrapTakesTheLengthOfNoBody(t *testing.T) {
	a := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "100") }))
	invoked(t, a, `{"requestContext":{"http":{"method":"HEAD"}}}`)
}

// TestWrapMakesAnAbortAnError: a panic would end the process.
func TestWrapMakesAnAbortAnError(t *testing.T) {
	failed(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, func(err error) {
		if !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("failed with %v", err)
		}
	})
}

func TestWrapPanicsForNoStatus(t *testing.T) {
	for _, status := range []int{-1, 0, 99, 1000} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d is a status", status)
				}
			}()
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
			lambdahttp.Wrap(h).Invoke(t.Context(), []byte(functionURL))
		}()
	}
}

// proxy returns a reverse proxy in front of a server that breaks off its response.
func proxy(t *testing.T) http.Handler {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		pieces(w, "begun")
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(r *httputil.ProxyRequest) { r.SetURL(target) }
	return &httputil.ReverseProxy{Rewrite: rewrite, ErrorLog: log.New(io.Discard, "", 0)}
}

// TestProxyBreaksOff: what has ended early at the server does not look complete behind
// the proxy.
func TestProxyBreaksOff(t *testing.T) {
	h := proxy(t)
	failed(t, h.ServeHTTP, func(err error) {
		if !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("failed with %v", err)
		}
	})
	if body, err := read(opened(t, h.ServeHTTP, functionURL)); !errors.Is(err, http.ErrAbortHandler) {
		t.Errorf("streamed %q, %v", body, err)
	}
}

// TestStreamNotifiesOfClosing: gin's Context.Stream needs an http.CloseNotifier.
func TestStreamNotifiesOfClosing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	closed := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(closed)
		pieces(w, "")
		<-w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
	})
	r, err := streaming.New(lambdahttp.Stream(h)).Open(ctx, []byte(functionURL))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cancel()
	<-closed
}

// TestRequestWithoutBody: as net/http has it, so that clients to whom the request is
// passed on send none.
func TestRequestWithoutBody(t *testing.T) {
	a := lambdahttp.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Body != http.NoBody {
			t.Errorf("the body is a %T", r.Body)
		}
	}))
	for _, event := range []string{functionURL, restAPI, balancer} {
		invoked(t, a, event)
	}
}

// TestWrapLeavesTheEncodingToTheFront: net/http does not send the handler's
// Transfer-Encoding either.
func TestWrapLeavesTheEncodingToTheFront(t *testing.T) {
	a := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Transfer-Encoding", "chunked")
		w.Header().Set("X-A", "1")
		w.WriteHeader(http.StatusAccepted)
	}))
	want := `{"statusCode":202,"headers":{"X-A":"1"},"body":"","isBase64Encoded":false,"cookies":null}`
	if got := string(invoked(t, a, functionURL)); got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
}
