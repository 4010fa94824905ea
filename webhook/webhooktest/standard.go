package webhooktest

import (
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// Standard returns a webhook that follows Standard Webhooks, signed with a shared
// secret (whsec_…) or a secret key (whsk_…).
//
// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func Standard(secret, id string, payload any, opts ...func(*Options)) Request {
	c := newCall("Standard", opts)
	v, err := webhook.NewStandard(secret)
	return c.sign(v, err, c.marshal(payload), http.Header{"Content-Type": {typeJSON}, "Webhook-Id": {c.need("the ID", id)}})
}
