package webhook_test

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// resigned returns the headers that Sign makes for a delivery that was accepted.
func resigned(t *testing.T, v *webhook.Verifier, header http.Header, d webhook.Delivery) http.Header {
	t.Helper()
	own := header.Clone()
	for name := range own {
		if isSignature(name) {
			own.Del(name)
		}
	}
	if err := v.Sign(own, d.Time, d.Body); err != nil {
		t.Fatalf("%q was accepted, and cannot be signed: %v", header, err)
	}
	return own
}

// fuzzed verifies headers, and returns those that Sign makes if they are
// accepted.
func fuzzed(t *testing.T, v *webhook.Verifier, header http.Header, body string) (http.Header, bool) {
	t.Helper()
	for name := range header {
		if header.Get(name) == "absent" {
			header.Del(name)
		}
	}
	d, err := v.Verify(header, []byte(body))
	if err != nil {
		return nil, false
	}
	return resigned(t, v, header, d), true
}

// FuzzSlackHeaders: only what Sign makes is accepted.
func FuzzSlackHeaders(f *testing.F) {
	v := newSlack(f)
	good := signed(v, now, event)
	f.Add(good.Get("X-Slack-Signature"), good.Get("X-Slack-Request-Timestamp"), "1")
	f.Add(strings.ToUpper(good.Get("X-Slack-Signature")), "+1531420618", "-1")
	f.Add("v0=", "01531420618", "x")
	f.Add("absent", "absent", "")
	f.Fuzz(func(t *testing.T, signature, timestamp, retry string) {
		header := http.Header{"X-Slack-Signature": {signature}, "X-Slack-Request-Timestamp": {timestamp}, "X-Slack-Retry-Num": {retry}}
		want, ok := fuzzed(t, v, header, event)
		if ok && (want.Get("X-Slack-Signature") != signature || want.Get("X-Slack-Request-Timestamp") != timestamp) {
			t.Errorf("accepted %q at %q, Sign makes %q", signature, timestamp, want)
		}
	})
}

// FuzzStripeHeader: an accepted header contains the time that Sign writes exactly once,
// and the signature that Sign makes at least once.
func FuzzStripeHeader(f *testing.F) {
	v := must(f)(webhook.NewStripe(stripeSecret, clock(now)))
	good := signed(v, now, event).Get("Stripe-Signature")
	at, signature, _ := strings.Cut(good, ",")
	f.Add(good)
	f.Add(signature + "," + at)
	f.Add(at + ",v1=00," + signature + ",v0=x")
	f.Add(at + "," + at + "," + signature)
	f.Add("t=,v1=")
	f.Add(",=,t")
	f.Fuzz(func(t *testing.T, value string) {
		want, ok := fuzzed(t, v, http.Header{"Stripe-Signature": {value}}, event)
		if !ok {
			return
		}
		at, signature, _ := strings.Cut(want.Get("Stripe-Signature"), ",")
		elements := strings.Split(value, ",")
		if !slices.Contains(elements, at) || !slices.Contains(elements, signature) || strings.Count(","+value, ",t=") != 1 {
			t.Errorf("accepted %q, Sign makes %q", value, want)
		}
	})
}

// FuzzSchemeHeaders: for GitHub, Shopify and a scheme with every field.
func FuzzSchemeHeaders(f *testing.F) {
	all := verifiers(f)
	names := []string{"github", "shopify", "hmac"}
	for n, name := range names {
		good := ids()
		if err := all[name].Sign(good, now, []byte(event)); err != nil {
			f.Fatal(err)
		}
		for header := range good {
			if isSignature(header) {
				f.Add(uint(n), good.Get(header), good.Get("X-Acme-Time"), "1")
				f.Add(uint(n), strings.TrimRight(good.Get(header), "="), good.Get("X-Acme-Time")+"0", "2")
			}
		}
	}
	f.Add(uint(0), "sha256=", "absent", "absent")
	f.Fuzz(func(t *testing.T, n uint, signature, timestamp, id string) {
		header := http.Header{
			"X-Hub-Signature-256": {signature}, "X-Shopify-Hmac-Sha256": {signature}, "X-Acme-Signature": {signature},
			"X-Acme-Time": {timestamp}, "X-Acme-Id": {id}, "X-Github-Delivery": {id}, "X-Shopify-Webhook-Id": {id},
		}
		want, ok := fuzzed(t, all[names[n%3]], header, event)
		if !ok {
			return
		}
		for name, values := range want { // Sign has added its own signature, and the time
			if header.Get(name) != values[0] {
				t.Errorf("accepted %q, Sign makes %q", header, want)
			}
		}
	})
}

// FuzzStandardHeaders: for shared secrets and key pairs.
func FuzzStandardHeaders(f *testing.F) {
	all := verifiers(f)
	both := must(f)(webhook.NewStandard("whsec_"+base64.StdEncoding.EncodeToString([]byte(secret)), clock(now)))
	signers := []*webhook.Verifier{both, all["v1a"]}
	for n, v := range signers {
		good := ids()
		if err := v.Sign(good, now, []byte(event)); err != nil {
			f.Fatal(err)
		}
		signature := good.Get("Webhook-Signature")
		f.Add(uint(n), "msg_1", good.Get("Webhook-Timestamp"), signature)
		f.Add(uint(n), "msg_1", good.Get("Webhook-Timestamp"), "v1,x v1a,x  "+signature+" v2,")
		f.Add(uint(n), "msg_2", good.Get("Webhook-Timestamp"), signature[:len(signature)-1])
	}
	f.Add(uint(0), "absent", "absent", "absent")
	f.Fuzz(func(t *testing.T, n uint, id, timestamp, signature string) {
		header := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {timestamp}, "Webhook-Signature": {signature}}
		want, ok := fuzzed(t, signers[n%2], header, event)
		if ok && (want.Get("Webhook-Timestamp") != timestamp || !slices.Contains(strings.Split(signature, " "), want.Get("Webhook-Signature"))) {
			t.Errorf("accepted %q, Sign makes %q", header, want)
		}
	})
}

// FuzzSignVerify: what Sign makes is accepted, for this body, this time and this
// secret, and for no other.
func FuzzSignVerify(f *testing.F) {
	for n := range uint(len(makers)) {
		f.Add(n, secret, "msg_1", int64(1531420618), []byte(event), uint(3))
	}
	f.Add(uint(3), "\x00", "é, x", int64(1), []byte{}, uint(0))
	f.Fuzz(func(t *testing.T, n uint, secret, id string, seconds int64, body []byte, at uint) {
		seconds = 1 + (seconds&0xffffffff)%(1<<32-1)
		v, err := makers[n%uint(len(makers))](secret, clock(unix(seconds)))
		if err != nil {
			return // no secret
		}
		header := http.Header{"Webhook-Id": {id}, "X-Acme-Id": {id}}
		if err := v.Sign(header, unix(seconds), body); err != nil {
			if id != "" && !strings.ContainsAny(id, ".:") {
				t.Fatal(err)
			}
			return
		}
		d, err := v.Verify(header, body)
		if err != nil || !d.Time.IsZero() && d.Time.Unix() != seconds || d.ID() == "" {
			t.Fatalf("%q of %q: %+v, %v", header, body, d, err)
		}
		other := append(slices.Clone(body), 'x')
		if _, err := v.Verify(header, other); err == nil {
			t.Errorf("%q: %q was accepted for %q", header, other, body)
		}
		if len(body) > 0 {
			other = slices.Clone(body)
			other[at%uint(len(body))] ^= 1 << (at % 8)
			if _, err := v.Verify(header, other); err == nil {
				t.Errorf("%q: %q was accepted for %q", header, other, body)
			}
		}
		stranger, err := makers[n%uint(len(makers))](secret+"x", clock(unix(seconds)))
		if err != nil {
			return
		}
		if _, err := stranger.Verify(header, body); err == nil {
			t.Errorf("%q was accepted with another secret", header)
		}
	})
}
