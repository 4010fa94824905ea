package webhook_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// largeBody is an event of 10 KB that Slack and Stripe might send.
var largeBody = []byte(`{"id":"evt_1","type":"event_callback","event":{"type":"message","text":"` + strings.Repeat("0123456789", 1014) + `"},"event_id":"Ev1"}`)

// verifiers returns one verifier of each kind, with a clock that stands at now.
func verifiers(t testing.TB, opts ...func(*webhook.Options)) map[string]*webhook.Verifier {
	t.Helper()
	at := func(o *webhook.Options) {
		clock(now)(o)
		for _, opt := range opts {
			opt(o)
		}
	}
	whsec := "whsec_" + base64.StdEncoding.EncodeToString([]byte(secret))
	whsk := "whsk_" + base64.StdEncoding.EncodeToString(count(0, ed25519.SeedSize))
	scheme := webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature", Timestamp: "X-Acme-Time", Content: "{id}:{timestamp}:{body}:end", ID: "X-Acme-Id"}
	return map[string]*webhook.Verifier{
		"slack":    must(t)(webhook.NewSlack(secret, at)),
		"stripe":   must(t)(webhook.NewStripe(stripeSecret, at)),
		"github":   must(t)(webhook.NewGitHub(secret, at)),
		"shopify":  must(t)(webhook.NewShopify(secret, at)),
		"standard": must(t)(webhook.NewStandard(whsec, at)),
		"v1a":      must(t)(webhook.NewStandard(whsk, at)),
		"hmac":     must(t)(webhook.NewHMAC(secret, scheme, at)),
	}
}

// ids are headers that some signatures cover.
func ids() http.Header {
	return http.Header{"Webhook-Id": {"msg_1"}, "X-Acme-Id": {"1"}, "X-Github-Delivery": {"1"}, "X-Shopify-Webhook-Id": {"1"}}
}

// BenchmarkVerify reports x-hmac: the time of a verification divided by the time of a
// bare HMAC over the body.
func BenchmarkVerify(b *testing.B) {
	for name, v := range verifiers(b) {
		header := ids()
		if err := v.Sign(header, now, largeBody); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var bare time.Duration
			for b.Loop() {
				if _, err := v.Verify(header, largeBody); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				bare += bareHMAC()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(bare), "x-hmac")
		})
	}
}

func bareHMAC() time.Duration {
	began := time.Now()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(largeBody)
	mac.Sum(nil)
	return time.Since(began)
}
