package webhooktest

import (
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// Stripe returns an event of Stripe about an object, such as a charge.
//
// Source: https://docs.stripe.com/api/events/object
func Stripe(secret, id, eventType string, about any, opts ...func(*Options)) Request {
	c := newCall("Stripe", opts)
	body := object{
		"id": c.need("the ID", id), "object": "event", "api_version": nil, "created": c.Time.Unix(), "data": object{"object": c.raw(about)},
		"livemode": false, "pending_webhooks": 1, "request": object{"id": nil, "idempotency_key": nil}, "type": c.need("the type", eventType),
	}.event()
	v, err := webhook.NewStripe(secret, weak)
	return c.sign(v, err, body, http.Header{
		"Content-Type": {"application/json; charset=utf-8"},
		"User-Agent":   {"Stripe/1.0 (+https://stripe.com/docs/webhooks)"},
	})
}
