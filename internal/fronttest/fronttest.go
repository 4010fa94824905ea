// Package fronttest puts handlers behind every front door of Lambda, so that tests
// can compare each front door with net/http.
package fronttest

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

// Front is a front door of a function, with what it loses of requests and responses.
type Front struct {
	serve  func(*lambdalocal.Function) http.Handler
	prefix string // the stage, as clients name it

	Decodes bool // decodes the path, so that how it was escaped is lost
	Merges  bool // makes slashes before the path one
	Length  bool // drops the request's Content-Length
	Joins   bool // joins the values of a repeated header
	Drops   bool // keeps only the last value of a repeated header or parameter
	Cookies int  // sends at most so many Set-Cookie; 0: all
	Orders  bool // sorts parameters by name
	NoIP    bool // does not pass on the caller's address
	Text    bool // takes every body for text, and sends the base64 of responses
}

// Fronts are all front doors, by name.
var Fronts = map[string]Front{
	"function URL":   {serve: func(f *lambdalocal.Function) http.Handler { return f.URL() }, Joins: true},
	"HTTP API":       {serve: func(f *lambdalocal.Function) http.Handler { return f.HTTPAPI() }, Decodes: true, Joins: true},
	"HTTP API stage": {serve: stage, prefix: "/live", Decodes: true, Joins: true},
	"HTTP API 1.0":   {serve: formatV1, prefix: "/live", Orders: true},
	"REST API":       {serve: binary, prefix: "/prod", Merges: true, Length: true, Orders: true},
	"REST API text": {
		serve:  func(f *lambdalocal.Function) http.Handler { return f.RESTAPI() },
		Merges: true, Length: true, Orders: true, Text: true,
	},
	"load balancer": {
		serve: func(f *lambdalocal.Function) http.Handler { return f.LoadBalancer() },
		Joins: true, Drops: true, Cookies: 1, Orders: true, NoIP: true,
	},
	"load balancer, multi-value": {serve: multiValue, Orders: true, NoIP: true},
}

func stage(f *lambdalocal.Function) http.Handler {
	return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.Stage = "live" })
}

func formatV1(f *lambdalocal.Function) http.Handler {
	return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.Stage, o.PayloadFormatVersion = "live", "1.0" })
}

func binary(f *lambdalocal.Function) http.Handler {
	return f.RESTAPI(func(o *lambdalocal.RESTAPIOptions) { o.BinaryMediaTypes = []string{"*/*"} })
}

func multiValue(f *lambdalocal.Function) http.Handler {
	return f.LoadBalancer(func(o *lambdalocal.LoadBalancerOptions) { o.MultiValueHeaders = true })
}

// host is the one that requests are sent to, an address as API Gateway has: the path has the stage.
const host = "hooks.execute-api.eu-west-1.amazonaws.com"

// Deploy returns the URL of a function with this handler, behind the front door.
func (f Front) Deploy(t testing.TB, handler any) string {
	t.Helper()
	local := lambdalocal.New(func(o *lambdalocal.Options) {
		o.Logger, o.Hosts = slog.New(slog.DiscardHandler), []string{host}
	})
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

// Serve returns the URL of a handler under net/http.
func Serve(t testing.TB, h http.Handler) string {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// Response is what a client received.
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// Send sends a request over HTTP. Header names are sent as they are written.
func Send(t testing.TB, url, method string, header http.Header, body []byte) Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
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
	dropOwn(got.Header)
	return Response{got.StatusCode, got.Header, string(content)}
}

// dropOwn removes what each server sets to a value of its own.
func dropOwn(h http.Header) {
	for name := range h {
		if name == "Date" || strings.HasSuffix(strings.ToLower(name), "requestid") {
			h.Del(name)
		}
	}
}
