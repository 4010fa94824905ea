package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// signedOf is what a delivery says that its signature covers.
func signedOf(d webhook.Delivery) string {
	return fmt.Sprint(d.Provider, d.Endpoint, d.ID(), d.Type(), d.Time, string(d.Body))
}

// TestTamperedHeadersChangeOnlyWhatIsUnsigned: each header of each provider, changed,
// dropped and repeated, makes the request refused or changes nothing outside Unsigned.
func TestTamperedHeadersChangeOnlyWhatIsUnsigned(t *testing.T) {
	retry := func(o *webhooktest.Options) {
		o.Header = http.Header{"X-Slack-Retry-Num": {"1"}, "X-Slack-Retry-Reason": {"http_timeout"}}
	}
	scheme := webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature", ID: "X-Acme-Id", Type: "X-Acme-Type"}
	acme := func(o *webhooktest.Options) { o.Header = http.Header{"X-Acme-Id": {"7"}, "X-Acme-Type": {"made"}} }
	withID := scheme
	withID.Content = "{id}.{body}"
	for name, tt := range map[string]struct {
		verifier *webhook.Verifier
		request  webhooktest.Request
		signed   []string // headers whose change is refused
	}{
		"slack":         {must(t)(webhook.NewSlack(good["slack"])), webhooktest.SlackEvent(good["slack"], "Ev1", slackMention, retry), []string{"X-Slack-Signature", "X-Slack-Request-Timestamp"}},
		"stripe":        {must(t)(webhook.NewStripe(good["stripe"])), webhooktest.Stripe(good["stripe"], "evt_1", "x", 1), []string{"Stripe-Signature"}},
		"github":        {must(t)(webhook.NewGitHub(good["github"])), webhooktest.GitHub(good["github"], "72d3162e", "push", 1), []string{"X-Hub-Signature-256"}},
		"shopify":       {must(t)(webhook.NewShopify(good["shopify"])), webhooktest.Shopify(good["shopify"], "b5", "orders/paid", 1), []string{"X-Shopify-Hmac-Sha256"}},
		"standard":      {must(t)(webhook.NewStandard(good["standard"])), webhooktest.Standard(good["standard"], "msg_1", map[string]string{"type": "x"}), []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}},
		"svix":          {must(t)(webhook.NewStandard(good["standard"])), webhooktest.Svix(good["standard"], "msg_1", map[string]string{"type": "x"}), []string{"Svix-Id", "Svix-Timestamp", "Svix-Signature"}},
		"hmac":          {must(t)(webhook.NewHMAC(good["hmac"], scheme)), webhooktest.HMAC(good["hmac"], scheme, 1, acme), []string{"X-Acme-Signature"}},
		"hmac, with ID": {must(t)(webhook.NewHMAC(good["hmac"], withID)), webhooktest.HMAC(good["hmac"], withID, 1, acme), []string{"X-Acme-Signature", "X-Acme-Id"}},
	} {
		before, err := tt.verifier.Verify(tt.request.Header, tt.request.Body)
		if err != nil {
			t.Fatal(err)
		}
		refused := map[string]bool{}
		for header := range tt.request.Header {
			for _, values := range [][]string{{"x"}, {"9"}, {"delete"}, nil, {"y", tt.request.Header.Get(header)}} {
				h := tt.request.Header.Clone()
				h[header] = values
				after, err := tt.verifier.Verify(h, tt.request.Body)
				if refused[header] = err != nil; err == nil && signedOf(after) != signedOf(before) {
					t.Errorf("%s, %s: %v: got %s, before %s", name, header, values, signedOf(after), signedOf(before))
				}
			}
		}
		for _, header := range tt.signed {
			if !refused[header] {
				t.Errorf("%s: %s was changed and not refused", name, header)
			}
			delete(refused, header)
		}
		for header, ok := range refused {
			if ok {
				t.Errorf("%s: %s was changed and refused", name, header)
			}
		}
	}
}

// TestUnsignedOfEachProvider: what a sender says without signing it is there, and only
// there.
func TestUnsignedOfEachProvider(t *testing.T) {
	scheme := webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature", ID: "X-Acme-Id", Type: "X-Acme-Type"}
	withID := scheme
	withID.Content = "{id}.{body}"
	acme := func(o *webhooktest.Options) { o.Header = http.Header{"X-Acme-Id": {"7"}, "X-Acme-Type": {"made"}} }
	shopify := webhooktest.Shopify(good["shopify"], "b5", "orders/paid", 1)
	event := shopify
	event.Header = http.Header{
		"Shopify-Hmac-Sha256": shopify.Header["X-Shopify-Hmac-Sha256"], "Shopify-Event-Id": {"e5"}, "Shopify-Topic": {"Product"},
		"X-Shopify-Webhook-Id": {"b5"}, "X-Shopify-Topic": {"orders/paid"},
	}
	standard := map[string]string{"type": "invoice.paid"}
	for name, tt := range map[string]struct {
		verifier                     *webhook.Verifier
		request                      webhooktest.Request
		id, kind, otherID, otherKind string
	}{
		"GitHub":             {must(t)(webhook.NewGitHub(good["github"])), webhooktest.GitHub(good["github"], "72d3162e", "push", 1), sumOf("1"), "", "72d3162e", "push"},
		"Shopify":            {must(t)(webhook.NewShopify(good["shopify"])), shopify, sumOf("1"), "", "b5", "orders/paid"},
		"Shopify's events":   {must(t)(webhook.NewShopify(good["shopify"])), event, sumOf("1"), "", "e5", "Product"},
		"a Scheme":           {must(t)(webhook.NewHMAC(good["hmac"], scheme)), webhooktest.HMAC(good["hmac"], scheme, 1, acme), sumOf("1"), "", "7", "made"},
		"a Scheme with {id}": {must(t)(webhook.NewHMAC(good["hmac"], withID)), webhooktest.HMAC(good["hmac"], withID, 1, acme), "7", "", "", "made"},
		"Slack":              {must(t)(webhook.NewSlack(good["slack"])), webhooktest.SlackEvent(good["slack"], "Ev1", slackMention), "Ev1", "app_mention", "", ""},
		"Stripe":             {must(t)(webhook.NewStripe(good["stripe"])), webhooktest.Stripe(good["stripe"], "evt_1", "charge.failed", 1), "evt_1", "charge.failed", "", ""},
		"Standard Webhooks":  {must(t)(webhook.NewStandard(good["standard"])), webhooktest.Standard(good["standard"], "msg_1", standard), "msg_1", "invoice.paid", "", ""},
	} {
		d, err := tt.verifier.Verify(tt.request.Header, tt.request.Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d.ID() != tt.id || d.Type() != tt.kind {
			t.Errorf("%s: signed are the ID %q and the type %q, want %q and %q", name, d.ID(), d.Type(), tt.id, tt.kind)
		}
		if u := d.Unsigned; u.ID != tt.otherID || u.Type != tt.otherKind {
			t.Errorf("%s: not signed are the ID %q and the type %q, want %q and %q", name, u.ID, u.Type, tt.otherID, tt.otherKind)
		}
	}
}

// TestADeliveryDoesNotBecomeAPing by its header, which is not signed.
func TestADeliveryDoesNotBecomeAPing(t *testing.T) {
	called := 0
	h := must(t)(webhook.NewGitHub(good["github"])).Handle(func(context.Context, webhook.Delivery) error {
		called++
		return nil
	})
	for want, payload := range map[int]any{
		0: map[string]any{"zen": "Design for failure.", "hook_id": 7},
		1: map[string]any{"ref": "refs/heads/main"},
	} {
		for _, made := range []func(string, string, string, any, ...func(*webhooktest.Options)) webhooktest.Request{webhooktest.GitHub, webhooktest.GitHubForm} {
			called = 0
			w := httptest.NewRecorder()
			h.ServeHTTP(w, made(good["github"], "1", "ping", payload).HTTP())
			if w.Code != http.StatusOK || called != want {
				t.Errorf("%v: answered %d after %d calls, want %d", payload, w.Code, called, want)
			}
		}
	}
}
