package lambdahttp_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/fronttest"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// forms are the events that a request can become, with the front door of each.
var forms = map[string]struct {
	event func(webhooktest.Request) []byte
	front string
}{
	"FunctionURL":            {webhooktest.Request.FunctionURL, "function URL"},
	"HTTPAPI":                {webhooktest.Request.HTTPAPI, "HTTP API"},
	"RESTAPI":                {webhooktest.Request.RESTAPI, "REST API"},
	"LoadBalancer":           {webhooktest.Request.LoadBalancer, "load balancer"},
	"LoadBalancerMultiValue": {webhooktest.Request.LoadBalancerMultiValue, "load balancer, multi-value"},
}

// FuzzEvent: any payload is an error, and does not reach the handler, or gets a response
// that its front door takes. Members that Wrap does not read change nothing, and no
// forged body reaches a webhook's function.
func FuzzEvent(f *testing.F) {
	now := time.Unix(1531420618, 0)
	slack, err := webhook.NewSlack(webhooktest.SlackSecret, func(o *webhook.Options) {
		o.Now, o.Logger = func() time.Time { return now }, slog.New(slog.DiscardHandler)
	})
	if err != nil {
		f.Fatal(err)
	}
	const event = `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"hi"}}`
	sent := webhooktest.Sign(slack, []byte(event), func(o *webhooktest.Options) { o.Time = now })
	for _, form := range forms {
		f.Add(form.event(sent))
	}
	sent.Base64 = true
	f.Add(sent.FunctionURL())
	f.Add([]byte(`{"requestContext":{"http":{"method":"POST"}},"isBase64Encoded":true,"body":"%"}`))
	f.Add([]byte(`{"httpMethod":"x y","path":"%","headers":{"":""},"multiValueHeaders":{"a b":[null]},"queryStringParameters":{"":"%"}}`))
	f.Add([]byte(`{"httpMethod":"GET","requestContext":{"elb":null},"multiValueQueryStringParameters":{"a":null}}`))
	for _, event := range foreign {
		f.Add([]byte(event))
	}
	f.Add([]byte(healthCheck))
	f.Add([]byte(`{"version":"1.0","httpMethod":"GET","HttpMethod":"X","path":"/live/%61","requestContext":{"path":"/live/a","stage":"live","Stage":"x","authorizer":{"claims":{"a":1}}}}`))
	h := slack.Handle(func(_ context.Context, d webhook.Delivery) error {
		if string(d.Body) != event {
			f.Errorf("a forged delivery came through: %s", d.Body)
		}
		return nil
	})
	called := false
	echo := lambdahttp.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		called = true
		w.Header().Set("X-Url", r.URL.String())
		http.SetCookie(w, &http.Cookie{Name: "a", Value: r.PostFormValue("a")})
		io.Copy(w, r.Body)
	}))
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := h.Invoke(t.Context(), payload)
		called = false
		back, errBack := echo.Invoke(t.Context(), payload)
		if (err == nil) != (errBack == nil) || errBack != nil && called {
			t.Fatalf("%v, but %v, called %v", err, errBack, called)
		}
		if again, errAgain := echo.Invoke(t.Context(), exact(payload)); string(again) != string(back) || (errAgain == nil) != (errBack == nil) {
			t.Errorf("got %s, without other members %s", back, again)
		}
		for _, answer := range [][]byte{out, back} {
			var r struct{ StatusCode int }
			if err == nil && (json.Unmarshal(answer, &r) != nil || r.StatusCode < 200 || r.StatusCode > 599) {
				t.Errorf("answered %s", answer)
			}
		}
	})
}

func FuzzFunctionURL(f *testing.F) { fuzzRoundTrip(f, "FunctionURL") }

func FuzzHTTPAPI(f *testing.F) { fuzzRoundTrip(f, "HTTPAPI") }

func FuzzRESTAPI(f *testing.F) { fuzzRoundTrip(f, "RESTAPI") }

func FuzzLoadBalancer(f *testing.F) { fuzzRoundTrip(f, "LoadBalancer", "LoadBalancerMultiValue") }

// fuzzRoundTrip: the handler sees the request that was sent.
func fuzzRoundTrip(f *testing.F, names ...string) {
	f.Add("hooks/a b", "a", "1", "2, 3", "text/plain", false, []byte("text"))
	f.Add("live/100%/é?#", "é&=", "%2B+", "", "application/x-www-form-urlencoded", true, []byte("\x00\xff"))
	f.Add("/%2F", "", "x;y", "\"", "", false, []byte{})
	f.Fuzz(func(t *testing.T, path, name, value, header, contentType string, base64 bool, body []byte) {
		for _, text := range []string{path, name, value, header, contentType} {
			if !utf8.ValidString(text) {
				return // JSON cannot carry it
			}
		}
		query := func() url.Values { return url.Values{name: {value, header}} }
		r := webhooktest.Request{
			Method: "POST", Path: (&url.URL{Path: "/" + path}).EscapedPath(), Query: query().Encode(), Stage: "live", Base64: base64, Body: body,
			Header: http.Header{"Content-Type": {contentType}, "X-Fuzz": {value, header}, "Cookie": {"a=1; b=2"}},
		}
		for _, name := range names {
			want := seen{Method: "POST", Path: "/" + path, EscapedPath: r.Path, Query: query(), Header: r.Header.Clone(), Body: string(body), ContentLength: int64(len(body))}
			roundTrip(t, name, r, want)
		}
	})
}

func roundTrip(t *testing.T, form string, r webhooktest.Request, want seen) {
	t.Helper()
	var got seen
	out, err := lambdahttp.Wrap(watch(&got)).Invoke(t.Context(), forms[form].event(r))
	if err != nil || strings.Contains(string(out), "RequestURI") {
		t.Fatalf("%s: %s, %v", form, out, err)
	}
	lose(fronttest.Fronts[forms[form].front], &want, &got)
	got.Host, got.IP, got.RawQuery = "", "", ""
	got.Header.Del("Content-Length")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", form, diff)
	}
}
