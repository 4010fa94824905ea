package webhooktest

import (
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// Shopify returns a webhook of Shopify, with the headers that Shopify's own validator
// requires. Headers that depend on the topic, such as X-Shopify-Product-Id, are left out.
//
// Sources: https://shopify.dev/docs/apps/build/webhooks/delivery-structure,
// https://github.com/Shopify/shopify-app-js/blob/main/packages/apps/shopify-api/lib/webhooks/validate.ts
func Shopify(secret, id, topic string, payload any, opts ...func(*Options)) Request {
	c := newCall("Shopify", opts)
	v, err := webhook.NewShopify(secret, weak)
	return c.sign(v, err, c.marshal(payload), http.Header{
		"Content-Type": {typeJSON}, "User-Agent": {"Shopify-Captain-Hook"},
		"X-Shopify-Webhook-Id": {c.need("the ID", id)}, "X-Shopify-Topic": {c.need("the topic", topic)},
		"X-Shopify-Shop-Domain": {"example.myshopify.com"}, "X-Shopify-Api-Version": {"2026-10"}, "X-Shopify-Event-Id": {"98880550-7158-44d4-b7cd-2c97c8a091b5"},
		"X-Shopify-Triggered-At": {c.Time.UTC().Format(time.RFC3339Nano)},
	})
}
