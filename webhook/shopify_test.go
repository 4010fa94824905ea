package webhook_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func TestShopifyTakesOneSpelling(t *testing.T) {
	v := must(t)(webhook.NewShopify(secret))
	mac := sum(sha256.New, secret, event)
	good := base64.StdEncoding.EncodeToString(mac)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	stray := string(alphabet[strings.IndexByte(alphabet, good[42])|1])
	for name, value := range map[string]string{
		"hexadecimal":       hex.EncodeToString(mac),
		"no padding":        strings.TrimRight(good, "="),
		"twice the padding": good + "=",
		"stray bits":        good[:42] + stray + "=",
		"a prefix":          "sha256=" + good,
	} {
		refuses(t, v, name, http.Header{"X-Shopify-Hmac-Sha256": {value}}, webhook.ErrSignature)
	}
}

func TestShopifyRefusesTheAlphabetOfURLs(t *testing.T) {
	v := must(t)(webhook.NewShopify(secret))
	for body := []byte("a"); ; body[0]++ {
		mac := sum(sha256.New, secret, string(body))
		h := http.Header{"X-Shopify-Hmac-Sha256": {base64.URLEncoding.EncodeToString(mac)}}
		if h.Get("X-Shopify-Hmac-Sha256") == base64.StdEncoding.EncodeToString(mac) {
			continue // there is no digit in which they differ
		}
		if _, err := v.Verify(h, body); !errors.Is(err, webhook.ErrSignature) {
			t.Errorf("got %v", err)
		}
		return
	}
}

// TestShopifyEvents have other names of headers, of which one set counts.
func TestShopifyEvents(t *testing.T) {
	v := must(t)(webhook.NewShopify(secret))
	good := signed(v, now, event).Get("X-Shopify-Hmac-Sha256")
	for name, tt := range map[string]struct {
		header   http.Header
		id, kind string // "": it is refused
	}{
		"an event's":       {http.Header{"Shopify-Hmac-Sha256": {good}, "Shopify-Event-Id": {"e1"}, "Shopify-Topic": {"Product"}}, "e1", "Product"},
		"both":             {http.Header{"Shopify-Hmac-Sha256": {"x"}, "Shopify-Event-Id": {"e1"}, "X-Shopify-Hmac-Sha256": {good}, "X-Shopify-Webhook-Id": {"w1"}, "X-Shopify-Topic": {"products/create"}}, "w1", "products/create"},
		"a wrong one":      {http.Header{"Shopify-Hmac-Sha256": {good[1:]}}, "", ""},
		"two of them":      {http.Header{"Shopify-Hmac-Sha256": {good, good}}, "", ""},
		"a wrong one of X": {http.Header{"Shopify-Hmac-Sha256": {good}, "X-Shopify-Hmac-Sha256": {"x"}}, "", ""},
	} {
		d, err := v.Verify(tt.header, []byte(event))
		if (err == nil) != (tt.id != "") || d.Unsigned.ID != tt.id || d.Unsigned.Type != tt.kind {
			t.Errorf("%s: got %q %q, %v", name, d.Unsigned.ID, d.Unsigned.Type, err)
		}
	}
}

func TestShopifyDelivery(t *testing.T) {
	v := must(t)(webhook.NewShopify(secret))
	h := signed(v, now, `{"id":1}`)
	h.Set("X-Shopify-Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043")
	h.Set("X-Shopify-Topic", "orders/paid")
	d, err := v.Verify(h, []byte(`{"id":1}`))
	if err != nil || d.Provider != "shopify" || d.Unsigned.ID != "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043" || d.Unsigned.Type != "orders/paid" || d.ID() != sumOf(`{"id":1}`) || d.Type() != "" || !d.Time.IsZero() {
		t.Errorf("got %+v, %s, %s, %v", d, d.ID(), d.Type(), err)
	}
}
