package webhooktest_test

import (
	gocmp "cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

const (
	secret       = "8f742231b10e8888abcd99yyyzzz85a5"
	stripeSecret = "whsec_" + secret
)

var whsec = "whsec_" + base64.StdEncoding.EncodeToString([]byte(secret))

// publicKey is the one of RFC 8032, 7.1, test 1.
//
// Source: https://www.rfc-editor.org/rfc/rfc8032#section-7.1
const publicKey = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

var acme = webhook.Scheme{
	Provider: "acme", Signature: "X-Acme-Signature", Timestamp: "X-Acme-Time", Content: "{id}.{timestamp}.{body}",
	ID: "X-Acme-Id", Type: "X-Acme-Type",
}

func acmeHeader(o *webhooktest.Options) {
	o.Header = http.Header{"x-acme-id": {"7"}, "X-Acme-Type": {"order"}}
}

// must returns the verifier that a constructor made.
func must(v *webhook.Verifier, err error) *webhook.Verifier {
	if err != nil {
		panic(err)
	}
	return v
}

// sample is a webhook with its verifier and its delivery's ID and type.
type sample struct {
	verifier      *webhook.Verifier
	request       webhooktest.Request
	id, eventType string
}

func samples() map[string]sample {
	slack := must(webhook.NewSlack(secret))
	github := must(webhook.NewGitHub(secret))
	mention := map[string]string{"type": "app_mention", "text": "héllo"}
	command := url.Values{"command": {"/deploy"}, "text": {"api & web"}, "trigger_id": {"13.1"}}
	click := map[string]string{"type": "block_actions", "trigger_id": "12.3"}
	push := map[string]string{"ref": "refs/heads/main"}
	return map[string]sample{
		"slack event":       {slack, webhooktest.SlackEvent(secret, "Ev1", mention), "Ev1", "app_mention"},
		"slack command":     {slack, webhooktest.SlackCommand(secret, command), "13.1", "slash_commands"},
		"slack interaction": {slack, webhooktest.SlackInteraction(secret, click), "12.3", "block_actions"},
		"stripe":            {must(webhook.NewStripe(stripeSecret)), webhooktest.Stripe(stripeSecret, "evt_1", "charge.failed", push), "evt_1", "charge.failed"},
		"github":            {github, webhooktest.GitHub(secret, "72d3162e", "push", push), "72d3162e", "push"},
		"github form":       {github, webhooktest.GitHubForm(secret, "72d3162f", "push", push), "72d3162f", "push"},
		"shopify":           {must(webhook.NewShopify(secret)), webhooktest.Shopify(secret, "b545", "orders/create", push), "b545", "orders/create"},
		"standard":          {must(webhook.NewStandard(whsec)), webhooktest.Standard(whsec, "msg_1", map[string]string{"type": "user.made"}), "msg_1", "user.made"},
		"svix":              {must(webhook.NewStandard(whsec)), webhooktest.Svix(whsec, "msg_2", map[string]string{"type": "user.made"}), "msg_2", "user.made"},
		"hmac":              {must(webhook.NewHMAC(secret, acme)), webhooktest.HMAC(secret, acme, push, acmeHeader), "7", "order"},
		"sign": {
			must(webhook.NewHMAC(secret, acme)),
			webhooktest.Sign(must(webhook.NewHMAC(secret, acme)), []byte("\x00\xff"), acmeHeader), "7", "order",
		},
	}
}

// forms are the events that a request can become.
var forms = map[string]func(webhooktest.Request) []byte{
	"FunctionURL":            webhooktest.Request.FunctionURL,
	"HTTPAPI":                webhooktest.Request.HTTPAPI,
	"RESTAPI":                webhooktest.Request.RESTAPI,
	"LoadBalancer":           webhooktest.Request.LoadBalancer,
	"LoadBalancerMultiValue": webhooktest.Request.LoadBalancerMultiValue,
}

// status returns the status of a response in any form.
func status(t *testing.T, response []byte, err error) int {
	t.Helper()
	var r struct{ StatusCode int }
	if err == nil {
		err = json.Unmarshal(response, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode
}

func TestEveryProviderInEveryForm(t *testing.T) {
	for provider, s := range samples() {
		for form, event := range forms {
			t.Run(provider+" "+form, func(t *testing.T) {
				got := delivered(t, s.verifier, func(h *webhook.Handler) int {
					out, err := h.Invoke(t.Context(), event(s.request))
					return status(t, out, err)
				})
				check(t, s, got)
			})
		}
		t.Run(provider+" HTTP", func(t *testing.T) {
			check(t, s, delivered(t, s.verifier, func(h *webhook.Handler) int {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, s.request.HTTP())
				return w.Code
			}))
		})
	}
}

// delivered returns the delivery that a handler got, which must be one.
func delivered(t *testing.T, v *webhook.Verifier, call func(*webhook.Handler) int) webhook.Delivery {
	t.Helper()
	var got []webhook.Delivery
	code := call(v.Handle(func(_ context.Context, d webhook.Delivery) error {
		got = append(got, d)
		return nil
	}))
	if code != http.StatusOK || len(got) != 1 {
		t.Fatalf("answered %d after %d deliveries", code, len(got))
	}
	return got[0]
}

func check(t *testing.T, want sample, got webhook.Delivery) {
	t.Helper()
	id, eventType := gocmp.Or(got.Unsigned.ID, got.ID()), gocmp.Or(got.Unsigned.Type, got.Type())
	if id != want.id || eventType != want.eventType || string(got.Body) != string(want.request.Body) {
		t.Errorf("got %q %q %q, want %q %q %q", id, eventType, got.Body, want.id, want.eventType, want.request.Body)
	}
	for name, values := range want.request.Header {
		if diff := cmp.Diff(values, got.Unsigned.Header.Values(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestForgedRequestsAreRefused(t *testing.T) {
	for provider, s := range samples() {
		s.request.Body = append(s.request.Body, ' ')
		for form, event := range forms {
			out, err := s.verifier.Handle(func(context.Context, webhook.Delivery) error {
				t.Errorf("%s %s: the handler was called", provider, form)
				return nil
			}).Invoke(t.Context(), event(s.request))
			if code := status(t, out, err); code != http.StatusUnauthorized {
				t.Errorf("%s %s: answered %d, want 401", provider, form, code)
			}
		}
	}
}

func TestOptions(t *testing.T) {
	at := time.Unix(1700000000, 0).UTC()
	r := webhooktest.SlackEvent(secret, "Ev1", json.RawMessage(`{"type":"message"}`), func(o *webhooktest.Options) {
		o.Time, o.Path, o.Base64 = at, "/slack", true
		o.Header = http.Header{"x-slack-retry-num": {"2"}, "X-Slack-Retry-Reason": {"http_timeout"}, "user-agent": {"mine"}}
	})
	v := must(webhook.NewSlack(secret, func(o *webhook.Options) { o.Now = func() time.Time { return at } }))
	d, err := v.Verify(r.Header, r.Body)
	if err != nil || !d.Time.Equal(at) || d.Unsigned.Attempt != 2 || d.Unsigned.Reason != "http_timeout" || r.HTTP().UserAgent() != "mine" || len(r.Header) != 6 {
		t.Errorf("got %+v, %v", d, err)
	}
	var e struct {
		RawPath         string
		IsBase64Encoded bool
	}
	if err := json.Unmarshal(r.FunctionURL(), &e); err != nil || e.RawPath != "/slack" || !e.IsBase64Encoded {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestHTTPIsARequestAsServersGetIt(t *testing.T) {
	r := webhooktest.GitHub(secret, "1", "push", []byte(`{}`), func(o *webhooktest.Options) { o.Path = "/a%2Fb" })
	r.Query = "x=1"
	got := r.HTTP()
	if got.Method != "POST" || got.URL.Path != "/a/b" || got.RequestURI != "/a%2Fb?x=1" || got.ContentLength != 2 || got.Header.Get("Content-Length") != "2" {
		t.Errorf("got %+v", got)
	}
	got.Header["X-Github-Event"][0] = "ping"
	if r.Header.Get("X-Github-Event") != "push" {
		t.Error("the header is shared")
	}
}

func TestSlackCommandsHaveAnIDEach(t *testing.T) {
	v := must(webhook.NewSlack(secret))
	ids := map[string]bool{}
	for range 2 {
		r := webhooktest.SlackCommand(secret, url.Values{"command": {"/deploy"}})
		d, err := v.Verify(r.Header, r.Body)
		if err != nil {
			t.Fatal(err)
		}
		ids[d.ID()] = true
	}
	if len(ids) != 2 {
		t.Errorf("got %v", ids)
	}
}

func TestSlackChallengeIsAnswered(t *testing.T) {
	h := must(webhook.NewSlack(secret)).Handle(func(context.Context, webhook.Delivery) error { return nil })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, webhooktest.SlackChallenge(secret, "3eZb").HTTP())
	if w.Code != http.StatusOK || w.Body.String() != `{"challenge":"3eZb"}` {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

func TestGitHubSignsWithSHA1Too(t *testing.T) {
	r := webhooktest.GitHub("It's a Secret to Everybody", "1", "push", []byte("Hello, World!"))
	for name, want := range map[string]string{ // of GitHub's documentation; the SHA-1 by openssl
		"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
		"X-Hub-Signature":     "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestShopifysValidatorAcceptsTheHeaders: it requires these.
//
// Source: https://github.com/Shopify/shopify-app-js (1eb863d5cfce), packages/apps/shopify-api/lib/webhooks/validate.ts
func TestShopifysValidatorAcceptsTheHeaders(t *testing.T) {
	sent := webhooktest.Shopify(webhooktest.ShopifySecret, "b545", "orders/create", 1)
	for _, name := range []string{"Hmac-Sha256", "Topic", "Shop-Domain", "API-Version", "Webhook-Id", "Triggered-At", "Event-Id"} {
		if sent.Header.Get("X-Shopify-"+name) == "" {
			t.Errorf("X-Shopify-%s is missing", name)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	mention := map[string]string{"type": "app_mention"}
	at := func(path string) func() {
		return func() { webhooktest.SlackEvent(secret, "1", mention, func(o *webhooktest.Options) { o.Path = path }) }
	}
	tests := map[string]struct {
		misuse func()
		want   string
	}{
		"no secret":         {func() { webhooktest.GitHub("", "1", "push", 1) }, "is empty"},
		"no ID":             {func() { webhooktest.Stripe(secret, "", "x", 1) }, ": the ID is empty"},
		"no event_id":       {func() { webhooktest.SlackEvent(secret, "", mention) }, "SlackEvent: the ID is empty"},
		"no delivery":       {func() { webhooktest.GitHub(secret, "", "push", 1) }, "the ID is empty"},
		"no webhook ID":     {func() { webhooktest.Shopify(secret, "", "x", 1) }, ": the ID is empty"},
		"no svix-id":        {func() { webhooktest.Svix(whsec, "", 1) }, "Svix: the ID is empty"},
		"no webhook-id":     {func() { webhooktest.Standard(whsec, "", 1) }, "the ID is empty"},
		"no type":           {func() { webhooktest.GitHub(secret, "1", "", 1) }, "the type is empty"},
		"no topic":          {func() { webhooktest.Shopify(secret, "1", "", 1) }, "the topic is empty"},
		"no command":        {func() { webhooktest.SlackCommand(secret, nil) }, "command is empty"},
		"no JSON":           {func() { webhooktest.SlackEvent(secret, "1", func() {}) }, "func() has no JSON"},
		"a public key":      {func() { webhooktest.Standard(publicKey, "1", 1) }, "cannot sign"},
		"no signed ID":      {func() { webhooktest.HMAC(secret, acme, 1) }, "X-Acme-Id"},
		"made with NewFunc": {func() { webhooktest.Sign(webhook.NewFunc("mine", verifyNothing), nil) }, "cannot sign"},
		"a nil option":      {func() { webhooktest.GitHub(secret, "1", "push", 1, nil) }, "GitHub: option 1 of 1 is nil"},
		"a nil verifier":    {func() { webhooktest.Sign(nil, nil) }, "Sign: the verifier is nil"},
		"no Stripe type":    {func() { webhooktest.Stripe(secret, "1", "", 1) }, "Stripe: the type is empty"},
		"no event":          {func() { webhooktest.SlackEvent(secret, "1", nil) }, "SlackEvent: the event's type is empty"},
		"no event type":     {func() { webhooktest.SlackEvent(secret, "1", map[string]string{}) }, "SlackEvent: the event's type is empty"},
		"a number":          {func() { webhooktest.SlackEvent(secret, "1", 1) }, "SlackEvent: the event is not a JSON object"},
		"no challenge":      {func() { webhooktest.SlackChallenge(secret, "") }, "SlackChallenge: the challenge is empty"},
		"no time": {func() {
			webhooktest.SlackEvent(secret, "1", mention, func(o *webhooktest.Options) { o.Time = time.Time{} })
		}, "SlackEvent: Options.Time is zero"},
		"no path":          {at(""), `Options.Path is "", want`},
		"no slash":         {at("x"), `Options.Path is "x", want`},
		"no escape":        {at("/%zz"), `Options.Path is "/%zz", want`},
		"a path and query": {at("/a?b=c"), `Options.Path is "/a?b=c", want`},
		"a space":          {at("/x y"), `Options.Path is "/x y", want`},
		"a line feed":      {at("/x\ny"), `Options.Path is "/x\ny", want`},
		"a bad HTTP path":  {func() { bad("x y", "").HTTP() }, `Request.Path is "x y", want`},
		"a bad ALB path":   {func() { bad("/%zz", "").LoadBalancer() }, `Request.Path is "/%zz", want`},
		"a bad path":       {func() { bad("%", "").HTTPAPI() }, `Request.Path is "%", want`},
		"a bad query":      {func() { bad("/", "%").RESTAPI() }, "Query is not escaped"},
		"a bad v2 query":   {func() { bad("/", "%").FunctionURL() }, "Query is not escaped"},
		"a senseless one":  {func() { webhooktest.HMAC(secret, webhook.Scheme{}, 1) }, "Provider is empty"},
	}
	for name, tt := range tests {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, "webhooktest: ") || !strings.Contains(got, tt.want) || strings.Contains(got, secret) {
					t.Errorf("%s: panicked with %q, want %q", name, got, tt.want)
				}
			}()
			tt.misuse()
		}()
	}
}

func bad(path, query string) webhooktest.Request {
	r := webhooktest.GitHub(secret, "1", "push", 1)
	r.Path, r.Query = path, query
	return r
}

func verifyNothing(http.Header, []byte) (webhook.Delivery, error) { return webhook.Delivery{}, nil }
