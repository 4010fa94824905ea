package webhook_test

import (
	"bytes"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// front is a way in to a function, and what it loses of requests and responses.
type front struct {
	serve  func(*lambdalocal.Function) http.Handler
	prefix string // the stage, as clients name it

	joins   bool // the values of repeated headers
	drops   bool // all but the last value of repeated headers and parameters
	cookies int  // how many Set-Cookie it sends; 0: all
	orders  bool // parameters by their names
	noIP    bool // does not tell the caller's address
	text    bool // takes all bodies for text, and leaves the base64 of responses
}

var fronts = map[string]front{
	"function URL":   {serve: func(f *lambdalocal.Function) http.Handler { return f.URL() }, joins: true},
	"HTTP API":       {serve: func(f *lambdalocal.Function) http.Handler { return f.HTTPAPI() }, joins: true},
	"HTTP API stage": {serve: stage, prefix: "/live", joins: true},
	"REST API":       {serve: binary, prefix: "/prod", orders: true},
	"REST API text":  {serve: func(f *lambdalocal.Function) http.Handler { return f.RESTAPI() }, orders: true, text: true},
	"load balancer": {
		serve: func(f *lambdalocal.Function) http.Handler { return f.LoadBalancer() },
		joins: true, drops: true, cookies: 1, orders: true, noIP: true,
	},
	"load balancer, multi-value": {serve: multiValue, orders: true, noIP: true},
}

func stage(f *lambdalocal.Function) http.Handler {
	return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.Stage = "live" })
}

func binary(f *lambdalocal.Function) http.Handler {
	return f.RESTAPI(func(o *lambdalocal.RESTAPIOptions) { o.BinaryMediaTypes = []string{"*/*"} })
}

func multiValue(f *lambdalocal.Function) http.Handler {
	return f.LoadBalancer(func(o *lambdalocal.LoadBalancerOptions) { o.MultiValueHeaders = true })
}

// deployed returns the URL of a front of a function with this handler.
func deployed(t testing.TB, f front, handler any) string {
	t.Helper()
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	fn, err := local.AddFunction("hooks", handler, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(f.serve(fn))
	t.Cleanup(func() {
		server.Close()
		if err := local.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL + f.prefix
}

// served returns the URL of a handler under net/http.
func served(t testing.TB, h http.Handler) string {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// response is what a client got.
type response struct {
	Status int
	Header http.Header
	Body   string
}

// send sends a request over HTTP. Header names are sent as they are written.
func send(t testing.TB, url, method string, header http.Header, body []byte) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "hooks.example"
	for name, values := range header {
		r.Header[name] = values
	}
	got, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	for name := range got.Header {
		if name == "Date" || strings.HasSuffix(strings.ToLower(name), "requestid") {
			got.Header.Del(name)
		}
	}
	return response{got.StatusCode, got.Header, string(content)}
}
