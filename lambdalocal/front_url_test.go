package lambdalocal_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

func serve(t *testing.T, handler any) *httptest.Server {
	t.Helper()
	local, _ := newLocal(t)
	server := httptest.NewServer(add(t, local, "f", handler).URL())
	t.Cleanup(server.Close)
	return server
}

// raw is a handler that returns the bytes themselves.
type raw string

func (r raw) Invoke(context.Context, []byte) ([]byte, error) { return []byte(r), nil }

func TestURLRequest(t *testing.T) {
	var got events.LambdaFunctionURLRequest
	var raw map[string]any
	server := serve(t, func(_ context.Context, payload json.RawMessage) error {
		return errors.Join(json.Unmarshal(payload, &got), json.Unmarshal(payload, &raw))
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/a%20b/c?x=1&x=2&y=", strings.NewReader(`{"k":1}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "X-Many": {"a", "b"}, "Cookie": {"s=1; t=2"}, "User-Agent": {"test"}}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got.Version != "2.0" || got.RawPath != "/a%20b/c" || got.RawQueryString != "x=1&x=2&y=" || got.Body != `{"k":1}` || got.IsBase64Encoded {
		t.Errorf("got %+v", got)
	}
	if got.Headers["x-many"] != "a,b" || got.Headers["content-type"] != "application/json" || got.Headers["cookie"] != "s=1; t=2" || got.Headers["host"] == "" {
		t.Errorf("got the headers %v", got.Headers)
	}
	if len(got.Cookies) != 2 || got.Cookies[1] != "t=2" || got.QueryStringParameters["x"] != "1,2" || got.QueryStringParameters["y"] != "" {
		t.Errorf("got the cookies %q and the parameters %v", got.Cookies, got.QueryStringParameters)
	}
	rc := got.RequestContext
	if rc.HTTP.Method != "POST" || rc.HTTP.Path != "/a b/c" || rc.HTTP.SourceIP != "127.0.0.1" || rc.HTTP.UserAgent != "test" || rc.AccountID != "anonymous" || rc.RequestID == "" || time.Since(time.UnixMilli(rc.TimeEpoch)) > time.Minute {
		t.Errorf("got the context %+v", rc)
	}
	if context := raw["requestContext"].(map[string]any); raw["routeKey"] != "$default" || context["stage"] != "$default" || context["routeKey"] != "$default" {
		t.Errorf("got the route %v and the context %v", raw["routeKey"], context)
	}
}

func TestURLRequestBodyInBase64(t *testing.T) {
	var got events.LambdaFunctionURLRequest
	server := serve(t, func(_ context.Context, e events.LambdaFunctionURLRequest) { got = e })
	for contentType, encoded := range map[string]bool{
		"application/json; charset=utf-8": false, "text/plain": false, "application/problem+json": true,
		"application/x-www-form-urlencoded": true, "image/png": true, "": true,
	} {
		resp, err := http.Post(server.URL, contentType, strings.NewReader("a=b"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got.IsBase64Encoded != encoded || encoded && got.Body != "YT1i" || !encoded && got.Body != "a=b" {
			t.Errorf("%q: got %q, base64 %v", contentType, got.Body, got.IsBase64Encoded)
		}
	}
}

func TestURLCookies(t *testing.T) {
	server := serve(t, func() (events.LambdaFunctionURLResponse, error) {
		return events.LambdaFunctionURLResponse{StatusCode: 200, Cookies: []string{"a=1", "b=2; Secure"}}, nil
	})
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Values("Set-Cookie"); len(got) != 2 || got[1] != "b=2; Secure" {
		t.Errorf("got %q", got)
	}
}

func TestURLFailures(t *testing.T) {
	local, _ := newLocal(t)
	fn := add(t, local, "f", func() error { return &problem{"the reason"} })
	post := func(size int) *httptest.ResponseRecorder {
		r := httptest.NewRecorder()
		fn.URL().ServeHTTP(r, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size))))
		return r
	}
	if r := post(1); r.Code != 502 || strings.Contains(r.Body.String(), "reason") {
		t.Errorf("a failed function: %d %s", r.Code, r.Body)
	}
	if r := post(6<<20 + 1); r.Code != 413 {
		t.Errorf("a body over 6 MB: %d", r.Code)
	}
	if r := post(5 << 20); r.Code != 413 {
		t.Errorf("a body that is over 6 MB in base64: %d", r.Code)
	}
	local.Close()
	if r := post(1); r.Code != 503 {
		t.Errorf("after Close: %d", r.Code)
	}
}
