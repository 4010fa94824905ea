package lambdahttp_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// seen is a request as an http.Handler sees it.
type seen struct {
	Method, Path, EscapedPath, RawQuery, Host, Body string

	Query         url.Values
	Header        http.Header
	ContentLength int64
	IP            string
}

// watch returns a handler that stores the request.
func watch(to *seen) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusTeapot)
		}
		ip, _, _ := net.SplitHostPort(r.RemoteAddr)
		if uri, err := url.ParseRequestURI(r.RequestURI); err != nil || *uri != *r.URL {
			http.Error(w, "RequestURI "+r.RequestURI, http.StatusTeapot)
		}
		*to = seen{
			r.Method, r.URL.Path, r.URL.EscapedPath(), r.URL.RawQuery, r.Host, string(body),
			r.URL.Query(), r.Header.Clone(), r.ContentLength, ip,
		}
	})
}

// lose removes from want, seen under net/http, what the front door loses, and from
// got what the front door adds.
func lose(f fronttest.Front, want, got *seen) {
	for name := range got.Header {
		if _, sent := want.Header[name]; !sent && (strings.HasPrefix(name, "X-Forwarded-") || name == "X-Amzn-Trace-Id") {
			got.Header.Del(name)
		}
	}
	for name, values := range want.Header {
		switch {
		case f.Drops:
			want.Header[name] = values[len(values)-1:]
		case f.Joins && name == "Cookie":
			want.Header[name] = []string{strings.Join(values, "; ")}
		case f.Joins:
			want.Header[name] = []string{strings.Join(values, ",")}
		}
	}
	if decoded, err := url.PathUnescape(got.EscapedPath); f.Decodes && err == nil && decoded == want.Path {
		want.EscapedPath = got.EscapedPath
	}
	if f.Merges {
		want.Path, want.EscapedPath = "/"+strings.TrimLeft(want.Path, "/"), "/"+strings.TrimLeft(want.EscapedPath, "/")
	}
	if f.Length {
		want.Header.Del("Content-Length")
	}
	if f.Drops {
		for name, values := range want.Query {
			want.Query[name] = values[len(values)-1:]
		}
	}
	if f.Orders {
		want.RawQuery, got.RawQuery = "", ""
	}
	if f.NoIP {
		want.IP = ""
	}
}

type sent struct {
	method, path string
	header       http.Header
	body         string
}

var requests = map[string]sent{
	"plain":           {"POST", "/hooks", http.Header{"Content-Type": {"application/json"}}, `{"a":"é\u0000"}`},
	"root":            {"POST", "/", nil, "text"},
	"a GET":           {"GET", "/hooks/", nil, ""},
	"another method":  {"PATCH", "/", nil, "x"},
	"no body":         {"POST", "/", http.Header{"Content-Type": {"application/json"}}, ""},
	"bytes":           {"POST", "/", http.Header{"Content-Type": {"application/octet-stream"}}, "\x00\xff\xfe"},
	"bytes as JSON":   {"POST", "/", http.Header{"Content-Type": {"application/json"}}, "{\"a\":\"\xff\"}"},
	"compressed":      {"POST", "/", http.Header{"Content-Type": {"text/plain"}, "Content-Encoding": {"gzip"}}, "\x1f\x8b"},
	"a form":          {"POST", "/", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "a=1&b=%20+&payload=%7B%7D"},
	"case":            {"POST", "/", http.Header{"x-hub-SIGNATURE-256": {"a"}, "CONTENT-type": {"text/html; charset=utf-8"}}, "x"},
	"repeated":        {"POST", "/", http.Header{"X-Twice": {"1", "2, 3"}}, "x"},
	"cookies":         {"POST", "/", http.Header{"Cookie": {"a=1; b=\"2\""}}, "x"},
	"two cookies":     {"POST", "/", http.Header{"Cookie": {"a=1; b=2", "c=3"}}, "x"},
	"an escaped path": {"POST", "/a%2Fb/%25/c%20d/%C3%A9/%3F%23/e+f;g=1", nil, "x"},
	"an escape twice": {"POST", "/%2573lack/%252F", nil, "x"},
	"slashes":         {"POST", "/a//b/", nil, "x"},
	"slashes first":   {"POST", "//a//", nil, "x"},
	"only slashes":    {"POST", "//", nil, "x"},
	"a trailing one":  {"POST", "/a/", nil, "x"},
	"bytes in a path": {"POST", "/%F0%9F%98%8A/%40/%2e%2E/a%5Cb", nil, "x"},
	"HEAD":            {"HEAD", "/a%40b", nil, ""},
	"OPTIONS":         {"OPTIONS", "/a", http.Header{"Origin": {"https://a.example"}, "Access-Control-Request-Method": {"PUT"}}, ""},
	"empty values":    {"POST", "/?a=&b&=c&a", http.Header{"X-Empty": {""}, "X-Two": {"", "1"}}, "x"},
	"a large body":    {"POST", "/", http.Header{"Content-Type": {"text/plain"}}, strings.Repeat("é", 200<<10)},
	"large bytes":     {"POST", "/", http.Header{"Content-Type": {"image/png"}}, strings.Repeat("\x00\xff", 300<<10)},
	"a query":         {"POST", "/?a=1&b=%26%3D%25&a=2&c=&d=x+y&%C3%A9=%C3%A9", nil, "x"},
	"the stage's":     {"POST", "/livestock/live/prod", nil, "x"},
}

func TestWrapShowsWhatWasSent(t *testing.T) {
	var direct seen
	plain := fronttest.Serve(t, watch(&direct))
	for name, f := range fronttest.Fronts {
		var adapted seen
		base := f.Deploy(t, lambdahttp.Wrap(watch(&adapted)))
		for what, r := range requests {
			if f.Text && !utf8.ValidString(r.body) {
				continue
			}
			t.Run(name+" "+what, func(t *testing.T) {
				for _, base := range []string{plain, base} {
					if got := fronttest.Send(t, base+r.path, r.method, r.header, []byte(r.body)); got.Status != http.StatusOK {
						t.Fatalf("%s: answered %+v", base, got)
					}
				}
				lose(f, &direct, &adapted)
				if diff := cmp.Diff(direct, adapted); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestACustomDomainHasNoStage: with payload format 1.0 a client could otherwise reach a route of the
// handler by the stage's name before it, for which the API, by the path it saw, has asked for no
// authorization.
func TestACustomDomainHasNoStage(t *testing.T) {
	const sent = `{"version":"1.0","path":"/live/admin","httpMethod":"POST","headers":{"host":"h"},"requestContext":{"stage":"live","path":"/live/admin","domainName":"DOMAIN"}}`
	for domain, want := range map[string]string{
		"api.example.com": "/live/admin", "execute-api.example.com": "/live/admin", "localhost.example.com": "/live/admin",
		"f.execute-api.eu-west-1.amazonaws.com": "/admin", "f.execute-api.cn-north-1.amazonaws.com.cn": "/admin", "127.0.0.1:8080": "/admin", "": "/admin",
	} {
		var got seen
		invoked(t, lambdahttp.Wrap(watch(&got)), strings.Replace(sent, "DOMAIN", domain, 1))
		if got.EscapedPath != want {
			t.Errorf("%s: got %s, want %s", domain, got.EscapedPath, want)
		}
	}
}

// TestWrapDecodesAPathOnce: an HTTP API has decoded the path already. Decoding it
// again would let a caller reach a route of the handler for which the API, by the path
// it saw, has asked for no authorization.
func TestWrapDecodesAPathOnce(t *testing.T) {
	const post = `"headers":{"host":"h"}`
	for event, want := range map[string]string{
		`{"version":"2.0","rawPath":"/$default/a","requestContext":{"stage":"$default","http":{"method":"POST","path":"/$default/a"}},` + post + `}`: "/$default/a",
		`{"version":"2.0","rawPath":"/%61","requestContext":{"stage":"$default","http":{"method":"POST","path":"/%61"}},` + post + `}`:               "/%61",
		`{"version":"2.0","rawPath":"/a b?c#d%","requestContext":{"stage":"$default","http":{"method":"POST","path":"/a b?c#d%"}},` + post + `}`:     "/a b?c#d%",
		`{"version":"2.0","rawPath":"/live/%61","requestContext":{"stage":"live","http":{"method":"POST","path":"/live/%61"}},` + post + `}`:         "/%61",
		`{"version":"2.0","rawPath":"/live/a","requestContext":{"stage":"live","http":{"method":"POST","path":"/a"}},` + post + `}`:                  "/a",
		`{"version":"2.0","rawPath":"/live","requestContext":{"stage":"live","http":{"method":"POST","path":"/live"}},` + post + `}`:                 "/",
		`{"version":"2.0","rawPath":"/a%20b","requestContext":{"stage":"$default","http":{"method":"POST","path":"/a b"}},` + post + `}`:             "/a b",
		`{"version":"2.0","rawPath":"/a%20b","requestContext":{"stage":"$default","http":{"method":"POST"}},` + post + `}`:                           "/a b",
		`{"version":"1.0","path":"/live/%61","httpMethod":"POST","requestContext":{"stage":"live","path":"/live/a"},` + post + `}`:                   "/a",
		`{"version":"1.0","path":"/a","httpMethod":"POST","requestContext":{"stage":"live","path":"/%61"},` + post + `}`:                             "/%61",
		`{"version":"1.0","path":"/%61","httpMethod":"POST","requestContext":{"stage":"$default"},` + post + `}`:                                     "/a",
		`{"version":"1.0","path":"/live","httpMethod":"POST","requestContext":{"stage":"live","path":"/live"},` + post + `}`:                         "/",
		`{"path":"/live/%61","httpMethod":"POST","requestContext":{"stage":"live"},` + post + `}`:                                                    "/live/a",
		`{"path":"/%6","httpMethod":"POST","requestContext":{"stage":"live"},` + post + `}`:                                                          "/%6",
		`{"path":"/%2561","httpMethod":"POST","requestContext":{"elb":{}},` + post + `}`:                                                             "/%61",
		`{"path":"","httpMethod":"POST","requestContext":{"elb":{}},` + post + `}`:                                                                   "/",
		`{"rawPath":"/livestock","requestContext":{"stage":"live","http":{"method":"POST","path":"/livestock"}},` + post + `}`:                       "/livestock",
		`{"rawPath":"/x","requestContext":{"stage":"","http":{"method":"POST","path":"/x"}},` + post + `}`:                                           "/x",
		`{"rawPath":"//x","requestContext":{"stage":"","http":{"method":"POST","path":"//x"}},` + post + `}`:                                         "//x",
		`{"version":"2.0","rawPath":"/a%2Fb","requestContext":{"stage":"$default","http":{"method":"POST","path":"/a/b"}},"body":"","headers":null}`: "/a/b",
	} {
		var got seen
		if _, err := lambdahttp.Wrap(watch(&got)).Invoke(t.Context(), []byte(event)); err != nil || got.Path != want {
			t.Errorf("%s: %v, the path is %q, want %q", event, err, got.Path, want)
		}
	}
}

// TestWrapTakesHeadersOnce: REST APIs send headers twice, and function URLs send
// cookies twice.
func TestWrapTakesHeadersOnce(t *testing.T) {
	for name, event := range map[string]any{
		"REST API": events.APIGatewayProxyRequest{
			HTTPMethod: "POST", Path: "/", Headers: map[string]string{"cookie": "b=2", "X-A": "1"},
			MultiValueHeaders: map[string][]string{"cookie": {"a=1; b=2"}, "X-A": {"1"}},
		},
		"function URL": events.LambdaFunctionURLRequest{
			Headers: map[string]string{"cookie": "a=1; b=2", "x-a": "1"}, Cookies: []string{"a=1", "b=2"},
			RequestContext: events.LambdaFunctionURLRequestContext{HTTP: events.LambdaFunctionURLRequestContextHTTPDescription{Method: "POST"}},
		},
	} {
		payload, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		var got seen
		if _, err := lambdahttp.Wrap(watch(&got)).Invoke(t.Context(), payload); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(http.Header{"Cookie": {"a=1; b=2"}, "X-A": {"1"}}, got.Header); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
