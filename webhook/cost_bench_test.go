package webhook_test

import (
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// BenchmarkRefuse is what the most expensive forged request costs: as many signatures as
// are tried, against four keys, over a body of 1 MiB.
func BenchmarkRefuse(b *testing.B) {
	body := make([]byte, 1<<20)
	for name, kind := range map[string]string{"v1": "whsec_", "v1a": "whsk_"} {
		secrets := []string{key(kind, '1', 32), key(kind, '2', 32), key(kind, '3', 32), key(kind, '4', 32)}
		v := must(b)(webhook.NewStandard(secrets[0], clock(now), func(o *webhook.Options) { o.Secrets = secrets[1:] }))
		stranger := must(b)(webhook.NewStandard(key(kind, '5', 32)))
		header := ids()
		if err := stranger.Sign(header, now, body); err != nil {
			b.Fatal(err)
		}
		one := header.Get("Webhook-Signature")
		for n := 16; n > 0; n-- { // the most that is not refused before a key is tried
			header.Set("Webhook-Signature", strings.TrimSuffix(strings.Repeat(one+" ", n), " "))
			if _, err := v.Verify(header, body); err == nil {
				b.Fatal("accepted")
			} else if !strings.Contains(err.Error(), "more than") {
				break
			}
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = v.Verify(header, body)
			}
		})
	}
}
