package webhook_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// key returns a key of Standard Webhooks of n bytes that begin with b.
func key(prefix string, b byte, n int) string {
	return prefix + base64.StdEncoding.EncodeToString(count(b, n))
}

// count returns n bytes: b, the one after it and so on.
func count(b byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = b + byte(i)
	}
	return out
}

// keyPair returns the two halves of a key of Standard Webhooks.
func keyPair(seed byte) (private, public string) {
	k := ed25519.NewKeyFromSeed(count(seed, ed25519.SeedSize))
	return "whsk_" + base64.StdEncoding.EncodeToString(k.Seed()), "whpk_" + base64.StdEncoding.EncodeToString(k[ed25519.SeedSize:])
}

// constructors are all that take a secret.
var constructors = map[string]func(string, ...func(*webhook.Options)) (*webhook.Verifier, error){
	"slack": webhook.NewSlack, "stripe": webhook.NewStripe, "github": webhook.NewGitHub, "shopify": webhook.NewShopify,
	"standard": webhook.NewStandard,
	"hmac": func(secret string, opts ...func(*webhook.Options)) (*webhook.Verifier, error) {
		return webhook.NewHMAC(secret, webhook.Scheme{Provider: "acme", Signature: "X-Acme-Signature"}, opts...)
	},
}

// secretsOf returns four secrets that a constructor takes, and those that sign for them.
// They differ for Standard Webhooks: a public key cannot sign.
func secretsOf(name string) (given, signing []string) {
	if name != "standard" {
		var s []string
		for _, digit := range []string{"1", "2", "3", "4"} {
			s = append(s, map[string]string{"stripe": "whsec_", "shopify": "shpss_"}[name]+strings.Repeat("abc"+digit, 8))
		}
		return s, s
	}
	private, public := keyPair('1')
	other, _ := keyPair('2')
	return []string{key("whsec_", 'a', 24), public, key("whsec_", 'b', 24), other},
		[]string{key("whsec_", 'a', 24), private, key("whsec_", 'b', 24), other}
}

// TestRotation: each of several secrets is accepted, and no other.
func TestRotation(t *testing.T) {
	for name, make := range constructors {
		given, signing := secretsOf(name)
		v := must(t)(make(given[0], clock(now), func(o *webhook.Options) { o.Secrets = given[1:3] }))
		for i, secret := range signing {
			signer := must(t)(make(secret))
			h := signedAt(t, signer, now)
			if _, err := v.Verify(h, []byte(event)); (err == nil) != (i < 3) {
				t.Errorf("%s: signed with secret %d of 3: %v", name, i+1, err)
			}
		}
	}
}

// TestSignUsesTheFirstSecret and leaves the others for verifying.
func TestSignUsesTheFirstSecret(t *testing.T) {
	for name, make := range constructors {
		_, signing := secretsOf(name)
		v := must(t)(make(signing[0], clock(now), func(o *webhook.Options) { o.Secrets = signing[1:] }))
		first := must(t)(make(signing[0], clock(now)))
		if _, err := first.Verify(signedAt(t, v, now), []byte(event)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSignReplaces an old signature: two would be refused.
func TestSignReplaces(t *testing.T) {
	each(t, func(t *testing.T, v *webhook.Verifier, s spelling) {
		h := signedAt(t, v, now.Add(-time.Minute))
		h.Add(s.signature, "old")
		if err := v.Sign(h, now, []byte(event)); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Verify(h, []byte(event)); err != nil {
			t.Error(err)
		}
	})
}

// TestSignWantsTheSignedIDs, of which there must be one.
func TestSignWantsTheSignedIDs(t *testing.T) {
	for name, id := range map[string]string{"standard": "Webhook-Id", "v1a": "Webhook-Id", "hmac": "X-Acme-Id"} {
		v := verifiers(t)[name]
		for what, values := range map[string][]string{"none": nil, "two": {"1", "1"}, "an empty one": {""}} {
			h := http.Header{id: values}
			if err := v.Sign(h, now, nil); err == nil || !strings.Contains(err.Error(), id) || h.Get(spellings[name].signature) != "" {
				t.Errorf("%s, %s: got %v and %v, want an error that names %s", name, what, err, h, id)
			}
		}
		right := ids().Get(id)
		for what, values := range map[string][]string{"none": nil, "two": {right, right}, "an empty one": {""}, "another": {"another"}, "another too": {right, "2"}} {
			h := signedAt(t, v, now)
			h[id] = values
			refuses(t, v, name+", "+what, h, webhook.ErrSignature)
		}
	}
}

func TestTolerance(t *testing.T) {
	each(t, func(t *testing.T, v *webhook.Verifier, s spelling) {
		if !s.timed {
			d, err := v.Verify(signedAt(t, v, now.AddDate(-1, 0, 0)), []byte(event))
			if err != nil || !d.Time.IsZero() {
				t.Errorf("signed no time, and got %v, %v", d.Time, err)
			}
			return
		}
		const edge = 5 * time.Minute
		for _, off := range []time.Duration{0, -edge, edge, time.Second - edge} {
			d, err := v.Verify(signedAt(t, v, now.Add(off)), []byte(event))
			if err != nil || !d.Time.Equal(now.Add(off)) || d.Time.Location() != time.UTC {
				t.Errorf("signed %v off: %v, %v", off, d.Time, err)
			}
		}
		for _, off := range []time.Duration{-edge - time.Second, edge + time.Second, -time.Hour, time.Hour, 365 * 24 * time.Hour} {
			refuses(t, v, "signed "+off.String()+" off", signedAt(t, v, now.Add(off)), webhook.ErrTimestamp)
		}
	})
}

// TestToleranceIsExact: fractions of a second count.
func TestToleranceIsExact(t *testing.T) {
	for tolerance, want := range map[time.Duration]error{
		time.Minute: nil, time.Minute - 1: webhook.ErrTimestamp, time.Second: webhook.ErrTimestamp, time.Hour: nil,
	} {
		v := newSlack(t, func(o *webhook.Options) { o.Tolerance = tolerance })
		ahead, behind := signedAt(t, v, now.Add(time.Minute)), signedAt(t, v, now.Add(-time.Minute))
		for what, h := range map[string]http.Header{"ahead": ahead, "behind": behind} {
			if want != nil {
				refuses(t, v, what, h, want)
			} else if _, err := v.Verify(h, []byte(event)); err != nil {
				t.Errorf("a minute %s, tolerance %v: %v", what, tolerance, err)
			}
		}
	}
	later := newSlack(t, clock(now.Add(400*time.Millisecond)))
	refuses(t, later, "5 min 0.4 s old", signedAt(t, later, now.Add(-5*time.Minute)), webhook.ErrTimestamp)
}
