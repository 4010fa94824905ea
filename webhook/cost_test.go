package webhook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// TestVerificationsAreBounded: signatures times asymmetric keys, of which each is a hash
// of the body and a multiplication on the curve.
func TestVerificationsAreBounded(t *testing.T) {
	for keys := 1; keys <= 20; keys++ {
		for _, symmetric := range []int{0, 3} {
			secrets := []string{}
			for i := range keys {
				secrets = append(secrets, key("whsk_", byte(i), 32))
			}
			for i := range symmetric {
				secrets = append(secrets, key("whsec_", byte(i), 32))
			}
			v := must(t)(webhook.NewStandard(secrets[0], clock(now), func(o *webhook.Options) { o.Secrets = secrets[1:] }))
			most := 0
			for n := 1; n <= 16; n++ {
				h := signedAt(t, v, now)
				wrong := " v1a," + encoded(make([]byte, 64))
				h.Set("Webhook-Signature", strings.Repeat(wrong, n)[1:])
				_, err := v.Verify(h, []byte(event))
				refused, ok := errors.AsType[*webhook.RefusedError](err)
				if !ok {
					t.Fatal(err)
				}
				if refused.Reason == webhook.ReasonMismatch {
					most = n
				}
			}
			if most*keys > max(8, 2*keys) || most < 2 {
				t.Errorf("%d keys: %d signatures are tried with each", keys, most)
			}
		}
	}
}

// TestRotationsAreAccepted: two signatures, two keys, at any place, among those of
// schemes that cost nothing.
func TestRotationsAreAccepted(t *testing.T) {
	for _, keys := range []int{1, 2, 4, 9} {
		secrets := []string{}
		for i := range keys {
			secrets = append(secrets, key("whsk_", byte(i), 32))
		}
		v := must(t)(webhook.NewStandard(secrets[0], clock(now), func(o *webhook.Options) { o.Secrets = secrets[1:] }))
		for _, signer := range secrets {
			good := signedAt(t, must(t)(webhook.NewStandard(signer)), now).Get("Webhook-Signature")
			other := signedAt(t, must(t)(webhook.NewStandard(key("whsk_", 99, 32))), now).Get("Webhook-Signature")
			for _, list := range []string{good, good + " " + other, other + " " + good, "v1,AAAA " + other + " v1,AAAA " + good + strings.Repeat(" v2,x", 12)} {
				h := signedAt(t, v, now)
				h.Set("Webhook-Signature", list)
				if _, err := v.Verify(h, []byte(event)); err != nil {
					t.Errorf("%d keys: %v", keys, err)
				}
			}
		}
	}
}
