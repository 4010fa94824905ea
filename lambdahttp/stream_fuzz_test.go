package lambdahttp_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// answer is a response, buffered or as the prelude of a stream.
type answer struct {
	StatusCode        int
	Headers           map[string]string
	MultiValueHeaders map[string][]string
	Cookies           []string
	Body              string
	IsBase64Encoded   bool
}

// parseAnswer reads what a handler returned to its front door.
func parseAnswer(out []byte) (answer, error) {
	var a answer
	head, body, streamed := strings.Cut(string(out), nul)
	err := json.Unmarshal([]byte(head), &a)
	if streamed {
		a.Body = body
	} else if a.IsBase64Encoded {
		var raw []byte
		raw, err = base64.StdEncoding.DecodeString(a.Body)
		a.Body, a.IsBase64Encoded = string(raw), false
	}
	return a, err
}

// FuzzStream: of any event, Stream makes the same response as Wrap.
func FuzzStream(f *testing.F) {
	slack, err := webhook.NewSlack("8f742231b10e8888abcd99yyyzzz85a5")
	if err != nil {
		f.Fatal(err)
	}
	sent := webhooktest.Sign(slack, []byte(`{"type":"event_callback","event_id":"Ev1"}`), func(o *webhooktest.Options) { o.Time = time.Unix(1531420618, 0) })
	for _, form := range forms {
		f.Add(form.event(sent))
	}
	sent.Base64 = true
	f.Add(sent.FunctionURL())
	for _, event := range []string{
		functionURL, restAPI, httpAPI, payload, balancer, balancers,
		`{"requestContext":{"http":{"method":"HEAD"}},"body":"x"}`,
		`{"requestContext":{"http":{"method":"POST"}},"isBase64Encoded":true,"body":"%"}`,
		`{"httpMethod":"POST","path":"/","headers":{"x-status":"304","x-pieces":"1"},"body":"<html>"}`,
		`{"requestContext":{"http":{"method":"POST"},"domainName":"a.lambda-url.b"},"headers":{"x-pieces":"7"},"body":"\u0000\u00ff"}`,
	} {
		f.Add([]byte(event))
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Url", r.URL.String())
		w.Header()["X-All"] = []string{r.Method, r.Header.Get("X-Type")}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: r.Header.Get("X-Cookie")})
		if r.Header.Get("X-Status") != "" {
			w.WriteHeader(http.StatusNotModified)
		}
		io.Copy(pieceWriter{w, len(r.Header.Get("X-Pieces"))}, r.Body)
	})
	buffered, streamed := lambdahttp.Wrap(h), lambdahttp.Stream(h)
	f.Fuzz(func(t *testing.T, event []byte) {
		if !json.Valid(event) {
			return // never comes from Lambda
		}
		out, err := buffered.Invoke(t.Context(), event)
		back, errBack := streamed.Invoke(t.Context(), event)
		if (err == nil) != (errBack == nil) {
			t.Fatalf("%v, but %v", err, errBack)
		}
		if err != nil {
			return
		}
		want, err := parseAnswer(out)
		got, errBack := parseAnswer(back)
		if err != nil || errBack != nil {
			t.Fatalf("answered %s and %s", out, back)
		}
		if want.Headers["X-All"] == "HEAD," || len(want.MultiValueHeaders["X-All"]) > 0 && want.MultiValueHeaders["X-All"][0] == "HEAD" {
			want.Body = got.Body // the front door drops it
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", event, diff)
		}
	})
}

// pieceWriter writes one byte at a time if size is not 0.
type pieceWriter struct {
	w    io.Writer
	size int
}

func (p pieceWriter) Write(b []byte) (int, error) {
	if p.size == 0 {
		return p.w.Write(b)
	}
	for n := range b {
		if _, err := p.w.Write(b[n : n+1]); err != nil {
			return n, err
		}
	}
	return len(b), nil
}
