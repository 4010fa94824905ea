package webhook

// NewShopify returns a verifier for Shopify's webhooks, with the app's client
// secret.
//
// Shopify signs neither time nor headers: a webhook that someone has seen can be
// sent again under another X-Shopify-Webhook-Id.
//
// [Delivery.ID] is X-Shopify-Webhook-Id. X-Shopify-Event-Id names what happened in
// the shop, which deliveries of several topics may share.
//
// Sources: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries,
// https://shopify.dev/docs/apps/build/webhooks/delivery-structure
func NewShopify(secret string, opts ...func(*Options)) (*Verifier, error) {
	return NewHMAC(secret, Scheme{
		Provider: "shopify", Signature: "X-Shopify-Hmac-Sha256", Encoding: Base64,
		ID: "X-Shopify-Webhook-Id", Type: "X-Shopify-Topic",
	}, opts...)
}
