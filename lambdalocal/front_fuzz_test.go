package lambdalocal_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

var resultSeeds = []string{
	``, `null`, `"text"`, `{}`, `[1]`, `{"statusCode":200}`, `{"statusCode":1e3}`, `{"statusCode":99}`, `{"statusCode":"200"}`,
	`{"statusCode":200,"headers":{"x":"1","y":2,"":"z","a b":"c"},"body":"b"}`,
	`{"statusCode":200,"headers":{"content-length":"99"},"body":"b"}`,
	`{"statusCode":204,"multiValueHeaders":{"x":["1","2"],"y":null},"cookies":["a=1","\r\n"]}`,
	`{"statusCode":200,"body":"AA==","isBase64Encoded":true}`, `{"statusCode":200,"body":"%","isBase64Encoded":true}`,
	`{"statusCode":200,"statusDescription":"200 OK","isBase64Encoded":false,"headers":{}}`,
	`{"statusCode":"302","headers":null,"body":null}`, `{"statusCode":200.5}`, `{"statusCode":200,"multiValueHeaders":{"x":[null]},"headers":{"x":null}}`,
	`{"headers":{"x":true}}`, `{"StatusCode":200,"statusCode":201,"STATUSCODE":"x"}`, `{"statusCode":"\u0032","isBase64Encoded":"true","body":1}`,
	"{\"statusCode\":200,\"headers\":{}}\x00\x00\x00\x00\x00\x00\x00\x00body", "\x00\x00\x00\x00\x00\x00\x00\x00",
}

// fuzzResults checks that any result makes a response that HTTP can carry, or a
// refusal.
func fuzzResults(f *testing.F, front func(*lambdalocal.Function) http.Handler) {
	for _, seed := range resultSeeds {
		f.Add([]byte(seed))
	}
	var result []byte
	fn := quiet(f, func(context.Context, json.RawMessage) (any, error) { return returned(result), nil })
	fuzzServer(f, front(fn), &result)
}

// returned is a result that reaches the front unchanged, JSON or not.
func returned(result []byte) any {
	if json.Valid(result) {
		return json.RawMessage(result)
	}
	return &prelude{bytes.NewReader(result)}
}

func quiet(f *testing.F, handler any) *lambdalocal.Function {
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	f.Cleanup(func() { local.Close() })
	fn, err := local.AddFunction("f", handler)
	if err != nil {
		f.Fatal(err)
	}
	return fn
}

func fuzzServer(f *testing.F, handler http.Handler, result *[]byte) {
	server := httptest.NewServer(handler)
	f.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	f.Fuzz(func(t *testing.T, data []byte) {
		*result = data
		resp, err := client.Get(server.URL)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		defer resp.Body.Close()
		if _, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode < 200 || resp.StatusCode > 599 {
			t.Errorf("%q: %d, %v", data, resp.StatusCode, err)
		}
	})
}

func FuzzURLResponse(f *testing.F)          { fuzzResults(f, fronts["URL"]) }
func FuzzStreamResponse(f *testing.F)       { fuzzResults(f, fronts["stream"]) }
func FuzzRESTAPIResponse(f *testing.F)      { fuzzResults(f, fronts["RESTAPI"]) }
func FuzzHTTPAPIResponse(f *testing.F)      { fuzzResults(f, fronts["HTTPAPI"]) }
func FuzzLoadBalancerResponse(f *testing.F) { fuzzResults(f, fronts["LoadBalancer"]) }
func FuzzMultiValueResponse(f *testing.F)   { fuzzResults(f, multiValue) }

// FuzzRequests checks that every front's event decodes, and has the body's bytes.
func FuzzRequests(f *testing.F) {
	f.Add("POST", "/a/b", "x=1&x=2&y", "text/plain", "gzip", "a=1; b", []byte("hello"))
	f.Add("GET", "//", "%zz&;&=", "text/html", "", ";", []byte("\xff\xfe"))
	f.Add("PUT", "/prod/%2e", "", "application/json", "", "", []byte(`{"a":"\u0000"}`))
	f.Add("X", "/\u00e9", "a=\"", "image/png; x", "br", "", []byte{0})
	var event []byte
	fn := quiet(f, func(_ context.Context, e json.RawMessage) (json.RawMessage, error) {
		event = e
		return ok, nil
	})
	all := map[string]http.Handler{
		"URL": fn.URL(), "HTTPAPI": fn.HTTPAPI(), "LoadBalancer": fn.LoadBalancer(), "multi-value": multiValue(fn),
		"RESTAPI": fn.RESTAPI(func(o *lambdalocal.RESTAPIOptions) { o.BinaryMediaTypes = []string{"*/*"} }),
	}
	f.Fuzz(func(t *testing.T, method, path, query, contentType, encoding, cookie string, body []byte) {
		r, err := http.NewRequest(method, "http://f.example", nil)
		if err != nil {
			return // no method
		}
		for name, front := range all {
			r.URL.Path, r.URL.RawQuery = "/"+path, query
			r.Header = http.Header{"Content-Type": {contentType}, "Content-Encoding": {encoding}, "Cookie": {cookie}}
			r.Body = io.NopCloser(bytes.NewReader(body))
			w := httptest.NewRecorder()
			front.ServeHTTP(w, r)
			if w.Code != 200 {
				if method != http.MethodTrace {
					t.Errorf("%s: got %d %s", name, w.Code, w.Body)
				}
				continue
			}
			if got := bodyOf(t, name, event); got != string(body) {
				t.Errorf("%s: the body %q came as %q", name, body, got)
			}
		}
	})
}

// bodyOf decodes the event as a function does.
func bodyOf(t *testing.T, front string, event []byte) string {
	body, encoded := "", false
	switch front {
	case "URL", "HTTPAPI":
		e := decode[events.APIGatewayV2HTTPRequest](t, event)
		body, encoded = e.Body, e.IsBase64Encoded
	case "RESTAPI":
		e := decode[events.APIGatewayProxyRequest](t, event)
		body, encoded = e.Body, e.IsBase64Encoded
	default:
		e := decode[events.ALBTargetGroupRequest](t, event)
		body, encoded = e.Body, e.IsBase64Encoded
	}
	if !encoded {
		return body
	}
	decoded, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		t.Errorf("%s: %v", front, err)
	}
	return string(decoded)
}
