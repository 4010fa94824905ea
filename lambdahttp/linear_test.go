//go:build unix && !race

package lambdahttp_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/lineartest"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

var fill = lineartest.Fill

// worst are members of an event, of about n bytes, that cost a reader most.
var worst = map[string]func(n int) string{
	"quotes":            func(n int) string { return `"body":"` + fill(`\"`, n) + `"` },
	"backslashes":       func(n int) string { return `"body":"` + fill(`\\`, n) + `"` },
	"escapes":           func(n int) string { return `"body":"` + fill(`\u00e9\n`, n) + `"` },
	"not UTF-8":         func(n int) string { return `"body":"` + fill("\xff", n) + `"` },
	"base64":            func(n int) string { return `"isBase64Encoded":true,"body":"` + fill("AAAA", n) + `"` },
	"broken base64":     func(n int) string { return `"isBase64Encoded":true,"body":"` + fill("AAAA", n) + `*"` },
	"lines of base64":   func(n int) string { return `"isBase64Encoded":true,"body":"` + fill(`A\nAAA`, n) + `"` },
	"other quotes":      func(n int) string { return `"other":"` + fill(`\"`, n) + `"` },
	"other slashes":     func(n int) string { return `"other":"` + fill(`\\`, n) + `"` },
	"a long name":       func(n int) string { return `"` + fill(`\u0041`, n) + `":1` },
	"spaces":            func(n int) string { return `"body"` + fill(" ", n) + `:"x"` },
	"other members":     func(n int) string { return `"other":1` + fill(`,"x":[{"y":"z"}]`, n) },
	"many names":        func(n int) string { return `"other":1` + fill(`,"m%d":1`, n) },
	"the same":          func(n int) string { return `"body":"x"` + fill(`,"body":"y"`, n) },
	"other cases":       func(n int) string { return `"body":"x"` + fill(`,"BODY":"y"`, n) },
	"headers":           func(n int) string { return `"headers":{"x":"y"` + fill(`,"x-%d":"y"`, n) + `}` },
	"one header":        func(n int) string { return `"headers":{"x":"y"` + fill(`,"x":"y"`, n) + `}` },
	"a header's cases":  func(n int) string { return `"headers":{"x":"y"` + fill(`,"X":"y","x":"y"`, n) + `}` },
	"a long header":     func(n int) string { return `"headers":{"x":"` + fill(`a, `, n) + `"}` },
	"a header's name":   func(n int) string { return `"headers":{"` + fill(`x-`, n) + `":"y"}` },
	"header maps":       func(n int) string { return `"headers":{}` + fill(`,"headers":{"x":"y"}`, n) },
	"values":            func(n int) string { return `"multiValueHeaders":{"x":["y"` + fill(`,"y"`, n) + `]}` },
	"many values":       func(n int) string { return `"multiValueHeaders":{"x":["y"]` + fill(`,"x-%d":["y"]`, n) + `}` },
	"cookies":           func(n int) string { return `"cookies":["a=1"` + fill(`,"b=2"`, n) + `]` },
	"a cookie":          func(n int) string { return `"headers":{"cookie":"` + fill(`a=b; `, n) + `"}` },
	"addresses":         func(n int) string { return `"headers":{"x-forwarded-for":"` + fill(`10.0.0.1, `, n) + `"}` },
	"a host":            func(n int) string { return `"headers":{"host":"` + fill(`a.`, n) + `"}` },
	"a length":          func(n int) string { return `"headers":{"content-length":"` + fill(`1`, n) + `"}` },
	"parameters":        func(n int) string { return `"queryStringParameters":{"a":"b"` + fill(`,"p%d":"v"`, n) + `}` },
	"a long parameter":  func(n int) string { return `"queryStringParameters":{"a":"` + fill(`&`, n) + `"}` },
	"a parameter":       func(n int) string { return `"multiValueQueryStringParameters":{"a":["b"` + fill(`,"v"`, n) + `]}` },
	"a query":           func(n int) string { return `"rawQueryString":"` + fill(`p%d=v&`, n) + `"` },
	"a query's escapes": func(n int) string { return `"rawQueryString":"p=` + fill(`%C3`, n) + `"` },
	"nested":            func(n int) string { return `"other":` + fill("[", n/2) + fill("]", n/2) },
	"deep":              func(n int) string { return `"other":[` + fill(`[[[[[]]]]],`, n) + `1]` },
	"an authorizer":     func(n int) string { return `"authorizer":{"claims":{"x":"y"` + fill(`,"x":"y"`, n) + `}}` },
	"slashes":           func(n int) string { return `"rawPath":"` + fill("/", n) + `"` },
	"dots":              func(n int) string { return `"rawPath":"` + fill("/..", n) + `"` },
	"a path":            func(n int) string { return `"path":"` + fill("/v1", n) + `"` },
	"another's path":    func(n int) string { return `"path":"` + fill("%", n) + `"` },
	"a path's escapes":  func(n int) string { return `"path":"` + fill("/%2F", n) + `"` },
	"space":             func(n int) string { return fill(" \n", n) + `"body":"x"` },
}

// contexts are what the front doors write, with claims and names of about n bytes.
var contexts = map[string]func(n int) string{
	"claims":    func(n int) string { return `"authorizer":{"claims":{` + fill(`"c%d":"x",`, n) + `"a":1}}` },
	"one claim": func(n int) string { return `"authorizer":{"claims":{` + fill(`"c":[1],`, n) + `"a":1}}` },
	"a token's": func(n int) string {
		return `"authorizer":{"jwt":{"claims":{` + fill(`"c%d":"x",`, n) + `"a":"b"}}}`
	},
	"scopes":          func(n int) string { return `"authorizer":{"jwt":{"scopes":[` + fill(`"s",`, n) + `"a"]}}` },
	"an authorizer's": func(n int) string { return `"authorizer":{"lambda":{` + fill(`"c%d":"x",`, n) + `"a":"b"}}` },
	"a REST API's":    func(n int) string { return `"authorizer":{` + fill(`"c%d":"x",`, n) + `"a":"b"}` },
	"a caller":        func(n int) string { return `"identity":{"userArn":"` + fill("a:", n) + `"}` },
	"identities":      func(n int) string { return `"identity":{` + fill(`"sourceIp":"1",`, n) + `"a":"b"}` },
	"a stage":         func(n int) string { return `"stage":"` + fill("a/", n) + `"` },
	"folded":          func(n int) string { return fill(`"HTTP":{},"Path":"x",`, n) + `"path":"/"` },
}

// kinds are the events of the two payload formats, with members and a context.
var kinds = map[string]string{
	"2.0": `{%s,"requestContext":{%s,"http":{"method":"POST","path":"/"}}}`,
	"1.0": `{%s,"httpMethod":"POST","requestContext":{%s,"identity":{}}}`,
}

// TestWrapIsLinear reads all of each event.
func TestWrapIsLinear(t *testing.T) {
	for shape, of := range worst {
		checkOf(t, "Wrap, "+shape, lambdahttp.Wrap, of, func(int) string { return `"stage":"prod"` })
	}
	for shape, of := range contexts {
		for _, path := range []string{`"path":"/"`, `"rawPath":"/"`} { // of 1.0 and 2.0
			checkOf(t, "Wrap, "+shape+", "+path, lambdahttp.Wrap, func(int) string { return path }, of)
		}
	}
	for _, shape := range []string{"values", "many values", "parameters", "a long parameter", "a parameter"} {
		checkOf(t, "Wrap, a load balancer's "+shape, lambdahttp.Wrap, worst[shape], func(int) string { return `"elb":{}` })
	}
	for _, shape := range []string{"quotes", "not UTF-8", "base64", "headers", "values", "many names", "space"} {
		checkOf(t, "Stream, "+shape, lambdahttp.Stream, worst[shape], func(int) string { return `"stage":"prod"` })
	}
}

// checkOf also checks that the event reaches the handler, which reads it all,
// unless its body is not base64, its path not escaped, or it is nested too deeply.
func checkOf(t *testing.T, name string, front func(http.Handler, ...func(*lambdahttp.Options)) lambda.Handler, members, inner func(n int) string) {
	t.Helper()
	reached := false
	h := front(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached = true
		_ = r.ParseForm()
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Cookies()
		_, _ = lambdahttp.AuthorizerFrom(r.Context())
		_, _ = lambdahttp.EventFrom[struct{ Headers map[string]string }](r.Context())
	}), func(o *lambdahttp.Options) { o.BasePath = "/v1" })
	for kind, format := range kinds {
		if kind != kindOf(members(1000)) {
			continue
		}
		lineartest.Check(t, name+", "+kind, func(n int) func() {
			event := fmt.Appendf(nil, format, members(n), inner(n))
			return func() { _, _ = h.Invoke(t.Context(), event) }
		})
	}
	if refused := strings.Contains(name, "broken") || strings.Contains(name, "nested") || strings.Contains(name, "another"); reached == refused {
		t.Errorf("%s: the handler was reached: %v", name, reached)
	}
}

// kindOf is the format whose events have these members.
func kindOf(members string) string {
	for _, name := range []string{`"multiValue`, `"queryStringParameters`, `"path"`} {
		if strings.Contains(members, name) {
			return "1.0"
		}
	}
	return "2.0"
}

// TestResponsesAreLinear: a handler may answer with what came in.
func TestResponsesAreLinear(t *testing.T) {
	for name, write := range map[string]func(w http.ResponseWriter, n int){
		"a text": func(w http.ResponseWriter, n int) { fmt.Fprint(w, fill("<", n)) },
		"bytes":  func(w http.ResponseWriter, n int) { fmt.Fprint(w, fill("\xff", n)) },
		"pieces": func(w http.ResponseWriter, n int) {
			for range n / 64 {
				fmt.Fprint(w, "0123456789012345678901234567890123456789012345678901234567890123")
			}
		},
		"headers": func(w http.ResponseWriter, n int) {
			for i := range n / 32 {
				w.Header().Set(fmt.Sprintf("X-%d", i), "y")
			}
		},
		"a header": func(w http.ResponseWriter, n int) {
			for range n / 32 {
				w.Header().Add("X-Y", "y")
			}
		},
		"a long header":   func(w http.ResponseWriter, n int) { w.Header().Set("X-Y", fill("y", n)) },
		"a header's name": func(w http.ResponseWriter, n int) { w.Header().Set(fill("X-", n)+"Y", "y") },
		"cookies": func(w http.ResponseWriter, n int) {
			for range n / 32 {
				w.Header().Add("Set-Cookie", "a=b")
			}
		},
	} {
		const url, rest = `{"version":"2.0","requestContext":{"http":{"method":"GET","path":"/"}}}`, `{"httpMethod":"GET","path":"/","requestContext":{"identity":{}}}`
		for version, front := range map[string]struct {
			of    func(http.Handler, ...func(*lambdahttp.Options)) lambda.Handler
			event string
		}{
			"URL":           {lambdahttp.Wrap, url},
			"REST API":      {lambdahttp.Wrap, rest},
			"load balancer": {lambdahttp.Wrap, `{"httpMethod":"GET","path":"/","requestContext":{"elb":{}}}`},
			"URL, streamed": {lambdahttp.Stream, url},
			"API, streamed": {lambdahttp.Stream, rest},
		} {
			lineartest.Check(t, version+", "+name, func(n int) func() {
				h := front.of(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w, n) }))
				return func() { _, _ = h.Invoke(t.Context(), []byte(front.event)) }
			})
		}
	}
}
