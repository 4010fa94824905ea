package crosscheck_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	stripe "github.com/stripe/stripe-go/v85/webhook"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

const stripeHeader = "Stripe-Signature"

func stripePeer(t *testing.T) *peer {
	return &peer{
		verifier:  must[*webhook.Verifier](t)(webhook.NewStripe(whsec)),
		signature: stripeHeader, prefix: "v1=", timed: true,
		signed:     stripeSigned,
		sign:       stripeSign,
		library:    stripeLibrary(whsec),
		documented: stripeDocumented,
		own: map[string]mutation{
			"elements: more signatures": func(r *rand.Rand, p *peer, q *request) {
				more := pick(r, "v1="+strings.Repeat("0", 64), "v1=", "v1=zz", "v0="+strings.Repeat("a", 64), "v2=x", "v1a=x", "V1=x")
				p.set(q, pick(r, p.get(q)+","+more, more+","+p.get(q)))
			},
			"elements: no pairs": func(r *rand.Rand, p *peer, q *request) {
				more := pick(r, "", "v1", "x", "v0=a=b", "v2=YQ==", "=", "==", "t==1")
				p.set(q, pick(r, p.get(q)+","+more, more+","+p.get(q)))
			},
			"elements: two timestamps": func(r *rand.Rand, p *peer, q *request) {
				more := "t=" + pick(r, strconv.FormatInt(q.at, 10), strconv.FormatInt(q.at+1, 10), "0", "", "x")
				p.set(q, pick(r, p.get(q)+","+more, more+","+p.get(q)))
			},
			"elements: none of the scheme": func(r *rand.Rand, p *peer, q *request) {
				p.set(q, strings.Replace(p.get(q), pick(r, "v1=", "t="), pick(r, "v0=", "v2=", "V1=", " v1=", "T=", "="), 1))
			},
			"elements: in another order": func(_ *rand.Rand, p *peer, q *request) {
				t, v1, _ := strings.Cut(p.get(q), ",")
				p.set(q, v1+","+t)
			},
			"elements: other separators": func(r *rand.Rand, p *peer, q *request) {
				p.set(q, strings.Replace(p.get(q), pick(r, ",", "="), pick(r, ", ", " ,", ";", ":", "= ", " =", "&", "\n"), 1))
			},
		},
		stricter: map[string]string{
			"signature: a bit flipped":       "it may be the case of a hexadecimal digit, see upper case",
			"signature: upper case":          "Stripe writes lower case: one signature, one spelling",
			"signature: twice":               "Stripe sends one header, with all signatures",
			"signature: and a wrong one":     "as twice",
			"signature: joined by a comma":   "two headers that a proxy joined have two timestamps",
			"elements: two timestamps":       "stripe-go lets the last one count, Stripe sends one",
			"time: another, signed":          "stripe-go takes timestamps that lie ahead, however far",
			"time: another spelling":         "stripe-go signs the number, not the text: a sign or leading zeros go through",
			"time: another spelling, signed": "only Stripe could sign it, and writes neither sign nor leading zeros",
		},
	}
}

func stripeSigned(timestamp string, body []byte) http.Header {
	return headers(stripeHeader, "t="+timestamp+",v1="+hexMAC(whsec, []byte(timestamp+"."), body))
}

func stripeSign(at time.Time, body []byte) http.Header {
	return headers(stripeHeader, stripe.GenerateTestSignedPayload(&stripe.UnsignedPayload{Payload: body, Secret: whsec, Timestamp: at}).Header)
}

func stripeLibrary(secret string) func(http.Header, []byte) error {
	return func(h http.Header, body []byte) error {
		return stripe.ValidatePayload(body, h.Get(stripeHeader), secret)
	}
}

// stripeDocumented takes the header apart at commas and at equals signs.
//
// Source: https://docs.stripe.com/webhooks/signature#verify-manually
func stripeDocumented(h http.Header, body []byte) error {
	var timestamp string
	var signatures []string
	for element := range strings.SplitSeq(h.Get(stripeHeader), ",") {
		pair := strings.Split(element, "=")
		switch {
		case len(pair) != 2:
			return errors.New("no pair")
		case pair[0] == "t":
			timestamp = pair[1]
		case pair[0] == "v1":
			signatures = append(signatures, pair[1])
		}
	}
	if err := timely(timestamp); err != nil {
		return err
	}
	want := hexMAC(whsec, []byte(timestamp+"."), body)
	for _, s := range signatures {
		if s == want {
			return nil
		}
	}
	return errWrong
}

// TestStripeGoIsLax: stripe-go takes timestamps that lie ahead, and no secret.
func TestStripeGoIsLax(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := []byte(`{"id":"evt_1"}`)
		ours := must[*webhook.Verifier](t)(webhook.NewStripe(whsec))
		verify := func(h http.Header) func() error {
			return func() error { _, err := ours.Verify(h, body); return err }
		}
		ahead := stripeSign(time.Now().AddDate(1, 0, 0), body)
		plus := http.Header{stripeHeader: {strings.Replace(stripeSign(time.Now(), body).Get(stripeHeader), "t=", "t=+", 1)}}
		twice := http.Header{stripeHeader: {"t=1," + stripeSign(time.Now(), body).Get(stripeHeader)}}
		now := strconv.FormatInt(time.Now().Unix(), 10)
		forged := headers(stripeHeader, "t="+now+",v1="+hexMAC("", []byte(now+"."), body))
		for name, l := range map[string]lax{
			"a timestamp a year ahead": {func() error { return stripeLibrary(whsec)(ahead, body) }, verify(ahead)},
			"a timestamp with a plus":  {func() error { return stripeLibrary(whsec)(plus, body) }, verify(plus)},
			"two timestamps":           {func() error { return stripeLibrary(whsec)(twice, body) }, verify(twice)},
			"an empty secret": {
				func() error { return stripeLibrary("")(forged, body) },
				func() error { _, err := webhook.NewStripe(""); return err },
			},
		} {
			l.check(t, name)
		}
	})
}
