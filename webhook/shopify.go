package webhook

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
// Sources: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries,
// https://shopify.dev/docs/apps/build/webhooks/delivery-structure
func NewShopify(secret string, opts ...func(*Options)) (*Verifier, error) {
	return newHMAC("NewShopify", secret, Scheme{
		Provider: "shopify", Signature: "X-Shopify-Hmac-Sha256", Encoding: Base64,
		ID: "X-Shopify-Webhook-Id", Type: "X-Shopify-Topic",
	}, issued{shopifySecret, largeMaxBody}, opts, func(s *hmacScheme) provider { return s })
}
