package lambdahttp_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// answers are things that a handler may do with its ResponseWriter.
var answers = map[string]func(http.ResponseWriter){
	"nothing":            func(http.ResponseWriter) {},
	"a status":           func(w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) },
	"a nameless status":  func(w http.ResponseWriter) { w.WriteHeader(299) },
	"no content":         func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
	"text":               func(w http.ResponseWriter) { io.WriteString(w, "it is queued") },
	"HTML":               func(w http.ResponseWriter) { io.WriteString(w, "<html>queued</html>") },
	"an empty write":     func(w http.ResponseWriter) { w.Write(nil) },
	"pieces":             func(w http.ResponseWriter) { io.WriteString(w, "é"[:1]); io.WriteString(w, "é"[1:]) },
	"bytes":              func(w http.ResponseWriter) { w.Write([]byte("\x89PNG\x0D\x0A\x1A\x0A\xff")) },
	"JSON":               typed("application/json", `{"ok":true}`),
	"a type of bytes":    typed("application/octet-stream", "\xff\x00"),
	"a type of nothing":  typed("application/json", ""),
	"compressed":         func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "br"); io.WriteString(w, "text") },
	"an error":           func(w http.ResponseWriter) { http.Error(w, "no", http.StatusServiceUnavailable) },
	"repeated headers":   repeated("X-A", "1", "2, 3"),
	"cookies":            repeated("Set-Cookie", "a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2"),
	"a cookie":           repeated("Set-Cookie", "a=1"),
	"a late header":      func(w http.ResponseWriter) { w.WriteHeader(201); w.Header().Set("X-Late", "1") },
	"a header, late":     func(w http.ResponseWriter) { h := w.Header(); io.WriteString(w, "x"); h.Set("X-Late", "1") },
	"a second status":    func(w http.ResponseWriter) { w.WriteHeader(201); w.WriteHeader(500) },
	"a status, too late": func(w http.ResponseWriter) { io.WriteString(w, "x"); w.WriteHeader(500) },
	"early hints":        func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints); w.WriteHeader(202) },
	"no header":          func(w http.ResponseWriter) { w.Header()["X-None"] = nil },
	"a redirect": func(w http.ResponseWriter) {
		w.Header().Set("Location", "/é?a=1#b")
		w.WriteHeader(http.StatusSeeOther)
	},
	"a teapot":       func(w http.ResponseWriter) { w.WriteHeader(http.StatusTeapot); io.WriteString(w, "short and stout") },
	"status 599":     func(w http.ResponseWriter) { w.WriteHeader(599); io.WriteString(w, "x") },
	"not modified":   func(w http.ResponseWriter) { w.Header().Set("Etag", `"1"`); w.WriteHeader(http.StatusNotModified) },
	"processing":     func(w http.ResponseWriter) { w.WriteHeader(http.StatusProcessing); io.WriteString(w, "x") },
	"gzip":           func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "br"); w.Write([]byte("\x1f\x8b\xff")) },
	"an empty value": repeated("X-Empty", ""),
	"empty values":   repeated("X-Empty", "", "1", ""),
	"many cookies":   repeated("Set-Cookie", "a=1, 2; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=\"2\"; Secure", "c="),
	"a length":       func(w http.ResponseWriter) { w.Header().Set("Content-Length", "1"); io.WriteString(w, "x") },
	"a large text":   typed("text/plain", strings.Repeat("é", 200<<10)),
	"large bytes":    typed("image/png", strings.Repeat("\x00\xff", 200<<10)),
	"no such name": func(w http.ResponseWriter) {
		h := w.Header()
		h["A B"], h[""], h["X:"], h["X-A"] = []string{"1"}, []string{"2"}, []string{"3"}, []string{"4"}
	},
	"line ends":     repeated("X-A", " a\r\nX-B: b\n", "\tc"),
	"small letters": repeated("set-cookie", "a=1", "b=2"),
	"no type":       func(w http.ResponseWriter) { w.Header()["Content-Type"] = []string{}; w.Write(nil) },
}

func typed(contentType, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, body)
	}
}

func repeated(name string, values ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header()[name] = values
		io.WriteString(w, "x")
	}
}

// TestWrapAnswersAsNetHTTP: behind any front door, the client gets the response that
// net/http would have sent, except for what the front door cannot express.
func TestWrapAnswersAsNetHTTP(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answers[r.URL.Query().Get("a")](w) })
	plain := fronttest.Serve(t, h)
	for name, f := range fronttest.Fronts {
		base := f.Deploy(t, lambdahttp.Wrap(h))
		for what := range answers {
			for _, method := range []string{"POST", "HEAD", "OPTIONS"} {
				t.Run(name+" "+method+" "+what, func(t *testing.T) {
					query := "/?a=" + strings.ReplaceAll(what, " ", "+")
					want, got := fronttest.Send(t, plain+query, method, nil, nil), fronttest.Send(t, base+query, method, nil, nil)
					if whole := fronttest.Send(t, plain+query, "POST", nil, nil).Body; f.Text && !utf8.ValidString(whole) {
						encoded := base64.StdEncoding.EncodeToString([]byte(whole))
						want.Body = encoded[:min(len(want.Body), 1)*len(encoded)]
						if want.Header.Get("Content-Length") != "" { // net/http computes that of small bodies
							want.Header.Set("Content-Length", strconv.Itoa(len(encoded)))
						}
					}
					loseOfResponse(f, &want, &got)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	}
}

// loseOfResponse removes from want what the front door loses, and from got the
// Content-Type that it adds.
func loseOfResponse(f fronttest.Front, want, got *fronttest.Response) {
	for name, values := range want.Header {
		switch {
		case name == "Set-Cookie" && f.Cookies > 0:
			want.Header[name] = values[:f.Cookies]
		case name != "Set-Cookie" && f.Joins:
			want.Header[name] = []string{strings.Join(values, ",")}
		}
	}
	if want.Header.Get("Content-Type") == "" {
		got.Header.Del("Content-Type")
	}
}

// TestWrapDropsABodyWhereNoneMayBe: a front door would pass it on.
func TestWrapDropsABodyWhereNoneMayBe(t *testing.T) {
	for _, status := range []int{http.StatusNoContent, http.StatusNotModified} {
		a := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			if _, err := io.WriteString(w, "x"); err != http.ErrBodyNotAllowed {
				t.Errorf("%d: wrote with %v", status, err)
			}
		}))
		var r struct {
			StatusCode int
			Body       string
		}
		if err := json.Unmarshal(invoked(t, a, functionURL), &r); err != nil || r.StatusCode != status || r.Body != "" {
			t.Errorf("%d: answered %+v, %v", status, r, err)
		}
	}
}

// Events of each front door, with as few members as possible.
const (
	functionURL = `{"requestContext":{"http":{"method":"POST"}}}`
	restAPI     = `{"httpMethod":"POST","path":"/"}`
	balancer    = `{"httpMethod":"POST","requestContext":{"elb":{}},"headers":{}}`
	balancers   = `{"httpMethod":"POST","requestContext":{"elb":{}},"multiValueHeaders":{}}`
)

func invoked(t *testing.T, h interface {
	Invoke(context.Context, []byte) ([]byte, error)
}, event string,
) []byte {
	t.Helper()
	out, err := h.Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWrapAnswersInTheFormOfTheFront: a front door takes no other form.
func TestWrapAnswersInTheFormOfTheFront(t *testing.T) {
	a := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.Header()["X-A"] = []string{"1", "2"}
		typed("text/plain", "\xff")(w)
	}))
	for event, want := range map[string]string{
		functionURL: `{"statusCode":200,"headers":{"Content-Type":"text/plain","X-A":"1,2"},"body":"/w==","isBase64Encoded":true,"cookies":["a=1","b=2"]}`,
		restAPI:     `{"statusCode":200,"headers":null,"multiValueHeaders":{"Content-Type":["text/plain"],"Set-Cookie":["a=1","b=2"],"X-A":["1","2"]},"body":"/w==","isBase64Encoded":true}`,
		balancer:    `{"statusCode":200,"statusDescription":"200 OK","headers":{"Content-Type":"text/plain","Set-Cookie":"a=1","X-A":"1,2"},"body":"/w==","isBase64Encoded":true}`,
		balancers:   `{"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{"Content-Type":["text/plain"],"Set-Cookie":["a=1","b=2"],"X-A":["1","2"]},"body":"/w==","isBase64Encoded":true}`,
	} {
		if got := string(invoked(t, a, event)); got != want {
			t.Errorf("%s is answered\n%s, want\n%s", event, got, want)
		}
	}
}

// TestWrapDetectsNoTypeOfEncodedBodies: it would be the type of the encoding.
func TestWrapDetectsNoTypeOfEncodedBodies(t *testing.T) {
	a := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answers["compressed"](w) }))
	const want = `{"statusCode":200,"headers":{"Content-Encoding":"br"},"body":"text","isBase64Encoded":false,"cookies":null}`
	if got := string(invoked(t, a, functionURL)); got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
}

// TestWrapLeavesPanicsToLambda: the front door then answers with 502 or 500.
func TestWrapLeavesPanicsToLambda(t *testing.T) {
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("lost") })
	for name, f := range fronttest.Fronts {
		if got := fronttest.Send(t, f.Deploy(t, lambdahttp.Wrap(h)), "POST", nil, nil); got.Status < 500 || strings.Contains(got.Body, "lost") {
			t.Errorf("%s: answered %+v", name, got)
		}
	}
	defer func() {
		if recover() != "lost" {
			t.Error("the panic was swallowed")
		}
	}()
	_, _ = lambdahttp.Wrap(h).Invoke(t.Context(), []byte(functionURL))
}

func TestWrapPanicsWithoutAHandler(t *testing.T) {
	defer func() {
		if got := recover(); got != "lambdahttp: Wrap: h is nil" {
			t.Errorf("panicked with %v", got)
		}
	}()
	lambdahttp.Wrap(nil)
}
