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
	return newCall("Standard", opts).standard(secret, "Webhook-Id", id, payload)
}

// Svix is [Standard] with the names of headers that Svix uses, such as svix-id.
//
// Source: https://docs.svix.com/receiving/verifying-payloads/how-manual
func Svix(secret, id string, payload any, opts ...func(*Options)) Request {
	return newCall("Svix", opts).standard(secret, "Svix-Id", id, payload)
}

func (c *call) standard(secret, name, id string, payload any) Request {
	v, err := webhook.NewStandard(secret, weak)
	return c.sign(v, err, c.marshal(payload), http.Header{"Content-Type": {typeJSON}, name: {c.need("the ID", id)}})
}
