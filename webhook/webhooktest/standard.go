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
	v, err := webhook.NewStandard(secret)
	return sign(v, err, marshal(payload), options(opts), http.Header{"Content-Type": {typeJSON}, "Webhook-Id": {need("the ID", id)}})
}
