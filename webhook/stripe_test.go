package webhook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// TestStripeSignatureList: which elements of the header count, and which make it invalid.
func TestStripeSignatureList(t *testing.T) {
	v := must(t)(webhook.NewStripe(stripeSecret, clock(now)))
	h := signedAt(t, v, now)
	good := h.Get("Stripe-Signature")
	time, v1, _ := strings.Cut(good, ",")
	wrong := "v1=" + strings.Repeat("0", 64)
	for value, ok := range map[string]bool{
		good: true, v1 + "," + time: true,
		good + "," + wrong: true, time + "," + wrong + "," + v1: true, wrong + "," + good: true, time + ",v1=," + v1: true,
		good + ",v0=" + strings.Repeat("1", 64): true, "v0=x," + good: true, good + ",v2=x": true,

		time + "," + wrong: false, v1: false, time: false, "," + good: false, good + ",": false, good + ",v0": false,
		good + ",v0=a=b": false, good + ",t=" + time[2:]: false, "t=," + good: false, "t=1," + good: false, good + ",t=": false,
		"T" + good[1:]: false, strings.Replace(good, "v1", "V1", 1): false, strings.Replace(good, "v1", "v0", 1): false,
		strings.Replace(good, "v1", "v2", 1): false, strings.Replace(good, "v1", "v", 1): false, strings.Replace(good, ",", ", ", 1): false,
		strings.Replace(good, ",", ";", 1): false, " " + good: false, "=,": false, "t=,v1=": false, time + ",v1=": false,
	} {
		h.Set("Stripe-Signature", value)
		if _, err := v.Verify(h, []byte(event)); (err == nil) != ok || err != nil && !errors.Is(err, webhook.ErrSignature) {
			t.Errorf("%s: got %v", value, err)
		}
	}
}

// TestStripeSignaturesAreCapped at 16, in any order.
func TestStripeSignaturesAreCapped(t *testing.T) {
	v := must(t)(webhook.NewStripe(stripeSecret, clock(now)))
	h := signedAt(t, v, now)
	time, good, _ := strings.Cut(h.Get("Stripe-Signature"), ",")
	others := strings.Repeat(",v1=AAAA", 15)
	for _, value := range []string{time + "," + good + others, time + others + "," + good, time + others + ",v0=x," + good} {
		h.Set("Stripe-Signature", value)
		if _, err := v.Verify(h, []byte(event)); err != nil {
			t.Errorf("16 signatures: %v", err)
		}
		h.Set("Stripe-Signature", value+",v1=AAAA")
		refuses(t, v, "17 signatures", h, webhook.ErrSignature)
	}
}

func TestStripeDelivery(t *testing.T) {
	v := must(t)(webhook.NewStripe(stripeSecret, clock(now)))
	const body = `{"id":"evt_1","object":"event","type":"charge.failed","data":{"object":{"id":"ch_1","type":"x"}}}`
	h := signed(v, now, body)
	d, err := v.Verify(h, []byte(body))
	if err != nil || d.Provider != "stripe" || d.ID() != "evt_1" || d.Type() != "charge.failed" || !d.Time.Equal(now) || d.Unsigned.Attempt != 0 || string(d.Body) != body {
		t.Errorf("got %+v, %s, %s, %v", d, d.ID(), d.Type(), err)
	}
}
