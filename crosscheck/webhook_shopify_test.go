package crosscheck_test

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

const shopifyHeader = "X-Shopify-Hmac-Sha256"

// shopifyPeer has no library: Shopify has none for Go. What it documents decodes
// the signature and compares bytes.
func shopifyPeer(t *testing.T) *peer {
	return &peer{
		verifier:  must[*webhook.Verifier](t)(webhook.NewShopify(secret)),
		signature: shopifyHeader,
		signed: func(_ string, body []byte) http.Header {
			return headers(shopifyHeader, base64.StdEncoding.EncodeToString(macOf(secret, body)), "X-Shopify-Webhook-Id", "1", "X-Shopify-Topic", "orders/paid")
		},
		library:    shopifyDocumented,
		documented: shopifyDocumented,
		stricter: map[string]string{
			"signature: a bit flipped":       "it may be one of the last digit's two unused bits: one signature, one spelling",
			"signature: in another encoding": "as a bit flipped",
			"signature: spaces":              "Go's base64 passes over line feeds, which no header holds",
			"signature: twice":               "Shopify sends one; which of two counts is anyone's guess",
			"signature: and a wrong one":     "as twice",
		},
	}
}

// Source: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
func shopifyDocumented(h http.Header, body []byte) error {
	mac, err := base64.StdEncoding.DecodeString(h.Get(shopifyHeader))
	if err != nil || string(mac) != string(macOf(secret, body)) {
		return errWrong
	}
	return nil
}
