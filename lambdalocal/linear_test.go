//go:build unix && !race

package lambdalocal_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/internal/lineartest"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

var fill = lineartest.Fill

// answers are what a function may return: of about n bytes, and the worst of its kind.
var answers = map[string]func(n int) string{
	"members":        func(n int) string { return `{"statusCode":200,` + fill(`"m%d":1,`, n) + `"body":""}` },
	"one member":     func(n int) string { return `{` + fill(`"statusCode":200,`, n) + `"body":""}` },
	"folded members": func(n int) string { return `{` + fill(`"STATUSCODE":200,`, n) + `"statusCode":200}` },
	"headers":        func(n int) string { return `{"statusCode":200,"headers":{` + fill(`"h%d":"",`, n) + `"a":"b"}}` },
	"one header":     func(n int) string { return `{"statusCode":200,"headers":{` + fill(`"a":"b",`, n) + `"A":"b"}}` },
	"values":         func(n int) string { return `{"statusCode":200,"multiValueHeaders":{"a":[` + fill(`"b",`, n) + `"c"]}}` },
	"many values": func(n int) string {
		return `{"statusCode":200,"multiValueHeaders":{` + fill(`"h%d":["b"],`, n) + `"c":[]}}`
	},
	"a header's spellings": func(n int) string {
		values := `"multiValueHeaders":{"` + spelling(0) + `":[` + fill(`"v%d",`, n/2) + `""]}`
		var b strings.Builder
		for i := 0; b.Len() < n/2; i++ {
			b.WriteString(`"` + spelling(i) + `":"x",`)
		}
		return `{"statusCode":200,` + values + `,"headers":{` + b.String() + `"a":"b"}}`
	},
	"a header's name": func(n int) string { return `{"statusCode":200,"headers":{"` + fill("a-", n) + `":"b"}}` },
	"a long header":   func(n int) string { return `{"statusCode":200,"headers":{"a":"` + fill("b", n) + `"}}` },
	"set-cookie":      func(n int) string { return `{"statusCode":200,"headers":{"set-cookie":"` + fill("a=b, ", n) + `"}}` },
	"cookies":         func(n int) string { return `{"statusCode":200,"cookies":[` + fill(`"c%d=1",`, n) + `"c=d"]}` },
	"a long cookie":   func(n int) string { return `{"statusCode":200,"cookies":["a=` + fill("b", n) + `"]}` },
	"a body":          func(n int) string { return `{"statusCode":200,"body":"` + fill("b", n) + `"}` },
	"escapes":         func(n int) string { return `{"statusCode":200,"body":"` + fill(`\u00e9\n`, n) + `"}` },
	"base64": func(n int) string {
		return `{"statusCode":200,"isBase64Encoded":true,"body":"` + fill("AAAA", n) + `"}`
	},
	"broken base64": func(n int) string {
		return `{"statusCode":200,"isBase64Encoded":true,"body":"` + fill("AAAA", n) + `*"}`
	},
	"a long number":  func(n int) string { return `{"statusCode":` + fill("2", n) + `}` },
	"nested":         func(n int) string { return `{"statusCode":200,"body":"","x":` + fill("[", n/2) + fill("]", n/2) + `}` },
	"space":          func(n int) string { return fill(" \n", n) + `{"statusCode":200}` },
	"a text":         func(n int) string { return `"` + fill("x", n) + `"` },
	"no JSON":        func(n int) string { return fill("<p>", n) },
	"not UTF-8":      func(n int) string { return `{"statusCode":200,"body":"` + fill("\xff", n) + `"}` },
	"failures":       func(n int) string { return `{"batchItemFailures":[` + fill(`{"itemIdentifier":"1"},`, n) + `{}]}` },
	"wrong failures": func(n int) string { return `{"batchItemFailures":[` + fill(`{"itemIdentifier":"x%d"},`, n) + `{}]}` },
	"empty failures": func(n int) string { return `{` + fill(`"batchItemFailures":[],`, n) + `"a":1}` },
}

// spelling is one of a million spellings of a header's name.
func spelling(i int) string {
	name := []byte("x-abcdefghijklmnopqrst")
	for b := range name[2:] {
		if i>>b&1 == 1 {
			name[2+b] -= 'a' - 'A'
		}
	}
	return string(name)
}

// requests are what a client may send. Only a body may have 6 MB on Lambda.
var requests = map[string]func(n int) *http.Request{
	"headers":    func(n int) *http.Request { return withHeaders(fill("x-h%d ", n), "v") },
	"values":     func(n int) *http.Request { return withHeaders(fill("x-h ", n), "v") },
	"folded":     func(n int) *http.Request { return withHeaders(fill("x-h X-H ", n), "v") },
	"cookies":    func(n int) *http.Request { return withHeaders("cookie", fill("a%d=b; ", n)) },
	"one cookie": func(n int) *http.Request { return withHeaders(fill("cookie ", n), "a=b; c=d") },
	"a trace": func(n int) *http.Request {
		return withHeaders("x-amzn-trace-id", "Root=1-2;Lineage="+fill("a%d:1|", n))
	},
	"traces":     func(n int) *http.Request { return withHeaders("x-amzn-trace-id", "Root=1-2;"+fill("Lineage=a:1;", n)) },
	"a type":     func(n int) *http.Request { return withHeaders("content-type", "text/"+fill("x", n)) },
	"addresses":  func(n int) *http.Request { return withHeaders("x-forwarded-for", fill("10.0.0.1, ", n)) },
	"parameters": func(n int) *http.Request { return with("/?"+fill("p%d=v&", n), "") },
	"long ones":  func(n int) *http.Request { return with("/?"+fill("p%d="+strings.Repeat("v", 800)+"&", n), "") }, // net/url reads 10,000
	"one name":   func(n int) *http.Request { return with("/?"+fill("p=v&", n), "") },
	"escapes":    func(n int) *http.Request { return with("/?p="+fill("%C3%A9+", n/2), "") },
	"a path":     func(n int) *http.Request { return with("/"+fill("a/", n), "") },
	"slashes":    func(n int) *http.Request { return with("/"+fill("/", n), "") },
	"dots":       func(n int) *http.Request { return with("/"+fill("../", n), "") },
	"a body":     func(n int) *http.Request { return with("/", fill("b", n)) },
	"bytes":      func(n int) *http.Request { return with("/", fill("\xff", n)) },
	"quotes":     func(n int) *http.Request { return with("/", fill(`"\`, n)) },
}

func with(target, body string) *http.Request {
	path, query, _ := strings.Cut(target, "?")
	r := httptest.NewRequest("POST", "/", nil)
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	r.URL = &url.URL{Path: path, RawQuery: query}
	return r
}

func withHeaders(names, value string) *http.Request {
	r := with("/", "")
	for name := range strings.FieldsSeq(names) {
		r.Header.Add(name, value)
	}
	return r
}

// TestLinearTime checks whatever a front or the Invoke API reads.
func TestLinearTime(t *testing.T) {
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	defer local.Close()
	var answer []byte
	fn := add(t, local, "f", returning{&answer}, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	fronts := map[string]http.Handler{
		"URL": fn.URL(), "HTTPAPI": fn.HTTPAPI(), "RESTAPI": fn.RESTAPI(), "LoadBalancer": fn.LoadBalancer(),
		"HTTPAPI 1.0": fn.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.PayloadFormatVersion = "1.0" }),
		"multi-value": fn.LoadBalancer(func(o *lambdalocal.LoadBalancerOptions) { o.MultiValueHeaders = true }),
		"stream":      fn.URL(func(o *lambdalocal.URLOptions) { o.InvokeMode = types.InvokeModeResponseStream }),
	}
	alike := map[string]bool{"HTTPAPI": true, "HTTPAPI 1.0": true, "multi-value": true, "stream": true} // they read answers much as others do
	for shape, of := range answers {
		of := lineartest.Once(func(n int) []byte { return []byte(of(n)) })
		for front, h := range fronts {
			lineartest.Check(t, front+", an answer of "+shape, func(n int) func() {
				if alike[front] {
					n = min(n, 1<<20)
				}
				text := of(n)
				return func() {
					answer = text
					h.ServeHTTP(httptest.NewRecorder(), again(with("/", "")))
				}
			})
		}
		for _, path := range []string{"/2015-03-31/functions/f/invocations", "/2021-11-15/functions/f/response-streaming-invocations"} {
			lineartest.Check(t, "InvokeAPI, an event of "+shape, func(n int) func() { // any JSON is an event
				event := string(of(n))
				return func() {
					answer = nil
					local.InvokeAPI().ServeHTTP(httptest.NewRecorder(), again(with(path, event)))
				}
			})
		}
	}
	answer = []byte(`{"statusCode":200}`)
	for shape, of := range requests {
		of := lineartest.Once(of)
		for front, h := range fronts {
			lineartest.Check(t, front+", a request of "+shape, func(n int) func() {
				r := of(min(n, 1<<20)) // as much as a server takes, apart from the body
				return func() { h.ServeHTTP(httptest.NewRecorder(), again(r)) }
			})
		}
	}
	for name, of := range map[string]func(n int) *http.Request{
		"a name": func(n int) *http.Request { return with("/2015-03-31/functions/"+fill("f", n)+"/invocations", "") },
		"an ARN": func(n int) *http.Request {
			return with("/2015-03-31/functions/"+fill("arn:aws:lambda:", n)+"/invocations", "")
		},
		"slashes": func(n int) *http.Request { return with("/2015-03-31/functions/"+fill("/", n)+"/invocations", "") },
		"qualifier": func(n int) *http.Request {
			return with("/2015-03-31/functions/f/invocations?Qualifier="+fill("$", n), "")
		},
		"trace": func(n int) *http.Request { return requests["a trace"](n) },
		"a trace's fields": func(n int) *http.Request {
			return withHeaders("x-amzn-trace-id", fill("f%d=1;", n))
		},
	} {
		lineartest.Check(t, "InvokeAPI, "+name, func(n int) func() {
			r := of(n)
			if strings.Contains(name, "trace") {
				r.URL.Path = "/2015-03-31/functions/f/invocations"
			}
			return func() { local.InvokeAPI().ServeHTTP(httptest.NewRecorder(), again(r)) }
		})
	}
}

// again is the request with a body that has not been read.
func again(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Host = "localhost"
	r.Body, _ = r.GetBody()
	return r
}

// returning is a handler that returns what is at its pointer.
type returning struct{ answer *[]byte }

func (r returning) Invoke(context.Context, []byte) ([]byte, error) { return *r.answer, nil }
