package webhook

import "net/http"

// NewShopify returns a verifier for Shopify's webhooks. Secret is the app's client
// secret.
//
// Shopify signs neither time nor headers: a captured webhook can be sent again under
// another X-Shopify-Webhook-Id, as another X-Shopify-Topic and as one of another shop.
// They are in [Delivery].Unsigned, the shop in Unsigned.Header. [Delivery.Type] is empty.
// Where one secret is that of many shops, look in the body for what belongs to the shop.
//
// Unsigned.ID is X-Shopify-Webhook-Id. X-Shopify-Event-Id is not used, because
// deliveries of several topics may share it.
//
// Shopify's events have names without X-, such as Shopify-Hmac-Sha256, and still the other
// names too. They count where X-Shopify-Hmac-Sha256 is missing. Unsigned.ID is then
// Shopify-Event-Id.
//
// Sources: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries,
// https://shopify.dev/docs/apps/build/webhooks/delivery-structure,
// https://github.com/Shopify/shopify-app-js/blob/main/packages/apps/shopify-api/lib/webhooks/header-names.ts
func NewShopify(secret string, opts ...func(*Options)) (*Verifier, error) {
	return newHMAC("NewShopify", secret, Scheme{
		Provider: "shopify", Signature: "X-Shopify-Hmac-Sha256", Encoding: Base64,
		ID: "X-Shopify-Webhook-Id", Type: "X-Shopify-Topic",
	}, issued{shopifySecret, largeMaxBody}, opts, func(s *hmacScheme) provider {
		events := *s
		events.Signature, events.ID, events.Type = "Shopify-Hmac-Sha256", "Shopify-Event-Id", "Shopify-Topic"
		return shopify{s, &events}
	})
}

type shopify struct {
	*hmacScheme
	events *hmacScheme // with the names of events
}

func (s shopify) verify(header http.Header, body []byte) (Delivery, error) {
	if first(header, s.Signature) == "" && first(header, s.events.Signature) != "" {
		return s.events.verify(header, body)
	}
	return s.hmacScheme.verify(header, body)
}
