package webhook_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// spelling says where and how one of verifiers signs.
type spelling struct {
	signature, prefix string // the header, and what stands before the signature
	time              string // the header; "": there is none of its own
	timed             bool
}

var spellings = map[string]spelling{
	"slack":    {"X-Slack-Signature", "v0=", "X-Slack-Request-Timestamp", true},
	"stripe":   {"Stripe-Signature", "v1=", "", true},
	"github":   {"X-Hub-Signature-256", "sha256=", "", false},
	"shopify":  {"X-Shopify-Hmac-Sha256", "", "", false},
	"standard": {"Webhook-Signature", "v1,", "Webhook-Timestamp", true},
	"v1a":      {"Webhook-Signature", "v1a,", "Webhook-Timestamp", true},
	"hmac":     {"X-Acme-Signature", "", "X-Acme-Time", true},
}

// each runs a test for each of verifiers.
func each(t *testing.T, test func(t *testing.T, v *webhook.Verifier, s spelling)) {
	for name, v := range verifiers(t) {
		t.Run(name, func(t *testing.T) {
			s, ok := spellings[name]
			if !ok {
				t.Fatal("it is not in spellings")
			}
			test(t, v, s)
		})
	}
}

// signedAt returns the headers of event, signed by v at a time.
func signedAt(t testing.TB, v *webhook.Verifier, at time.Time) http.Header {
	t.Helper()
	h := ids()
	if err := v.Sign(h, at, []byte(event)); err != nil {
		t.Fatal(err)
	}
	return h
}

// refuses checks that event is refused with these headers, and that the error shows
// neither the signature nor the secret.
func refuses(t *testing.T, v *webhook.Verifier, what string, h http.Header, want error) {
	t.Helper()
	d, err := v.Verify(h, []byte(event))
	if !errors.Is(err, webhook.ErrSignature) || !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
		return
	}
	if d.Body != nil || d.Unsigned.Header != nil || d.Endpoint != "" || d.Provider != "" || !d.Time.IsZero() {
		t.Errorf("%s: there is a delivery beside the error: %+v", what, d)
	}
	if errors.Is(err, webhook.ErrTimestamp) != errors.Is(want, webhook.ErrTimestamp) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
	for _, hidden := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), "app_mention"} {
		if strings.Contains(err.Error(), hidden) {
			t.Errorf("%s: the error gives %q away: %v", what, hidden, err)
		}
	}
	for values := range maps.Values(h) {
		for _, value := range values {
			if len(value) > 20 && strings.Contains(err.Error(), value[len(value)-20:]) {
				t.Errorf("%s: the error gives a header away: %v", what, err)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	each(t, func(t *testing.T, v *webhook.Verifier, s spelling) {
		good := signedAt(t, v, now).Get(s.signature)
		head, mac := "", good
		if s.prefix != "" {
			before, after, _ := strings.Cut(good, s.prefix)
			head, mac = before+s.prefix, after
		}
		other := ids()
		if err := v.Sign(other, now, []byte(event+" ")); err != nil {
			t.Fatal(err)
		}
		tests := map[string][]string{
			"no signature":          nil,
			"an empty signature":    {""},
			"a blank signature":     {" "},
			"only the prefix":       {head},
			"upper case":            {head + strings.ToUpper(mac)},
			"a truncated one":       {good[:len(good)-1]},
			"one that begins late":  {head + mac[1:]},
			"a longer one":          {good + mac[:1]},
			"two of them":           {good, good},
			"a wrong one after":     {good, other.Get(s.signature)},
			"a wrong one before":    {other.Get(s.signature), good},
			"two joined":            {good + "," + good},
			"a space inside":        {head + mac[:4] + " " + mac[4:]},
			"a line feed inside":    {head + mac[:4] + "\n" + mac[4:]},
			"a line feed after":     {good + "\n"},
			"of another body":       {other.Get(s.signature)},
			"another prefix":        {"x" + good},
			"twice the prefix":      {head + s.prefix + "x" + mac},
			"far longer than a MAC": {head + strings.Repeat(mac, 100)},
		}
		if s.prefix != "" {
			tests["no prefix"] = []string{mac}
			tests["the prefix in upper case"] = []string{strings.ToUpper(head) + mac}
		}
		for what, values := range tests {
			h := signedAt(t, v, now)
			h[s.signature] = values
			refuses(t, v, what, h, webhook.ErrSignature)
		}
	})
}

// retimed returns headers in which only the timestamp of now is spelled differently.
func retimed(h http.Header, to string) http.Header {
	h = h.Clone()
	for _, values := range h {
		for i := range values {
			values[i] = strings.Replace(values[i], strconv.FormatInt(now.Unix(), 10), to, 1)
		}
	}
	return h
}

func TestRefusesOtherTimestamps(t *testing.T) {
	seconds := strconv.FormatInt(now.Unix(), 10)
	each(t, func(t *testing.T, v *webhook.Verifier, s spelling) {
		if !s.timed {
			return
		}
		good := signedAt(t, v, now)
		for _, spelled := range oddTimes() {
			h := retimed(good, spelled)
			if _, err := v.Verify(h, []byte(event)); !errors.Is(err, webhook.ErrSignature) {
				t.Errorf("the timestamp %q: got %v, want ErrSignature", spelled, err)
			}
		}
		refuses(t, v, "a second later, as it was signed", retimed(good, strconv.FormatInt(now.Unix()+1, 10)), webhook.ErrSignature)
		refuses(t, v, "the largest timestamp", retimed(good, "9223372036854775807"), webhook.ErrTimestamp)
		if s.time == "" {
			return
		}
		for what, values := range map[string][]string{"none": nil, "two": {seconds, seconds}, "another one too": {seconds, "1"}} {
			h := good.Clone()
			h[s.time] = values
			refuses(t, v, what, h, webhook.ErrSignature)
		}
	})
}

// oddTimes returns spellings of now that no provider uses.
func oddTimes() []string {
	s := strconv.FormatInt(now.Unix(), 10)
	return []string{
		"+" + s, "-" + s, "0" + s, "000" + s, " " + s, s + " ", s + "\n", s + ".0", s + "e0", s + "000", s[:4] + "_" + s[4:],
		"0x5b479e0a", "now", "", "0", "-1", "-9223372036854775808", "99999999999999999999", s + "\x00", "\uff11" + s[1:],
	}
}

// TestRefusesOddTimestampsThatAreSigned makes signatures without the package, over the
// timestamp as it is spelled and, for Stripe, also over the number.
func TestRefusesOddTimestampsThatAreSigned(t *testing.T) {
	hexOf := func(content string) string { return hex.EncodeToString(sum(sha256.New, secret, content)) }
	stripeHex := func(content string) string { return hex.EncodeToString(sum(sha256.New, stripeSecret, content)) }
	signers := map[string]func(spelled string) http.Header{
		"slack": func(at string) http.Header {
			return http.Header{"X-Slack-Request-Timestamp": {at}, "X-Slack-Signature": {"v0=" + hexOf("v0:"+at+":"+event)}}
		},
		"stripe": func(at string) http.Header {
			return http.Header{"Stripe-Signature": {"t=" + at + ",v1=" + stripeHex(at+"."+event) + ",v1=" + stripeHex("1531420618."+event)}}
		},
		"standard": func(at string) http.Header {
			mac := sum(sha256.New, secret, "msg_1."+at+"."+event)
			return http.Header{"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {at}, "Webhook-Signature": {"v1," + encoded(mac)}}
		},
	}
	for name, signer := range signers {
		v := verifiers(t)[name]
		if _, err := v.Verify(signer("1531420618"), []byte(event)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, spelled := range oddTimes() {
			_, err := v.Verify(signer(spelled), []byte(event))
			if !errors.Is(err, webhook.ErrSignature) || len(spelled) > 6 && strings.Contains(err.Error(), spelled) {
				t.Errorf("%s, %q: got %v, want ErrSignature, without the header's text", name, spelled, err)
			}
		}
	}
}

func TestRefusesEveryBitFlip(t *testing.T) {
	each(t, func(t *testing.T, v *webhook.Verifier, s spelling) {
		h := signedAt(t, v, now)
		for i := range len(event) * 8 {
			body := []byte(event)
			body[i/8] ^= 1 << (i % 8)
			if _, err := v.Verify(h, body); !errors.Is(err, webhook.ErrSignature) {
				t.Fatalf("bit %d of the body flipped: %v", i, err)
			}
		}
		good := h.Get(s.signature)
		for i := range len(good) * 8 {
			signature := []byte(good)
			signature[i/8] ^= 1 << (i % 8)
			h.Set(s.signature, string(signature))
			if _, err := v.Verify(h, []byte(event)); !errors.Is(err, webhook.ErrSignature) {
				t.Fatalf("bit %d of the signature flipped: %v", i, err)
			}
		}
	})
}

func TestHeaderNamesInAnyCase(t *testing.T) {
	each(t, func(t *testing.T, v *webhook.Verifier, s spelling) {
		for _, spell := range []func(string) string{strings.ToLower, strings.ToUpper} {
			h := http.Header{}
			for name, values := range signedAt(t, v, now) {
				h[spell(name)] = values
			}
			want, err := v.Verify(signedAt(t, v, now), []byte(event))
			if err != nil {
				t.Fatal(err)
			}
			if d, err := v.Verify(h, []byte(event)); err != nil || d.ID() != want.ID() {
				t.Errorf("%q: got %v, ID %q, want %q", slices.Collect(maps.Keys(h)), err, d.ID(), want.ID())
			}
			h["x-"+s.signature] = []string{"no"} // another name
			h[strings.ToLower(s.signature[:1])+s.signature[1:]] = h[spell(s.signature)]
			refuses(t, v, "twice, in two cases", h, webhook.ErrSignature)
		}
	})
}

// TestVerifyLeavesWhatItIsGiven: the delivery keeps header and body, not copies, and
// Verify changes neither.
func TestVerifyLeavesWhatItIsGiven(t *testing.T) {
	each(t, func(t *testing.T, v *webhook.Verifier, s spelling) {
		h, body := signedAt(t, v, now), []byte(event)
		before := h.Clone()
		d, err := v.Verify(h, body)
		if err != nil || &d.Body[0] != &body[0] || string(body) != event || !maps.EqualFunc(h, before, slices.Equal) {
			t.Errorf("got %v, %v", d.Unsigned.Header, err)
		}
		h.Set("X-Later", "1")
		if d.Unsigned.Header.Get("X-Later") == "" {
			t.Error("the header was copied")
		}
	})
}

// TestVerifiersAreConcurrent is for the race detector: keyed hashes are shared.
func TestVerifiersAreConcurrent(t *testing.T) {
	each(t, func(t *testing.T, v *webhook.Verifier, _ spelling) {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				body := []byte(strings.Repeat("x", i))
				h := ids()
				for range 20 {
					if err := v.Sign(h, now, body); err != nil {
						t.Error(err)
					}
					if _, err := v.Verify(h, body); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}
