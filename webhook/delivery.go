package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Delivery is a verified webhook. What the provider does not sign is in Unsigned. JSON leaves
// out its ID and type: take the [Delivery.Key] before you pass a delivery on as JSON, such as to a task.
type Delivery struct {
	Provider string    // "slack", "stripe", "github", "shopify", "standard", or the name in a Scheme or of NewFunc
	Endpoint string    // as in [Options]
	Time     time.Time // when it was signed; zero if the provider signs no time
	Body     []byte    // as it was sent, or the part of it that is signed, see [NewFunc]
	Unsigned Unsigned

	id, eventType string
	inner         names     // of the verifiers that NewFunc's function has called
	json          []byte    // the JSON in the body; nil if the provider has not looked for it
	verifier      *Verifier // describes the delivery; nil if there is nothing to add
}

// Unsigned is what a request says and no signature covers. Anyone who has seen one
// signed request can send its body again with other values here. Do not decide by them what a
// request may do.
type Unsigned struct {
	Header  http.Header `json:"-"` // as it was sent, also tokens; the ID and the time of some providers are signed
	ID      string      // GitHub: X-GitHub-Delivery; Shopify: X-Shopify-Webhook-Id; a Scheme's ID
	Type    string      // GitHub: X-GitHub-Event; Shopify: X-Shopify-Topic; a Scheme's Type
	Attempt int         // 0 for the first; Slack: X-Slack-Retry-Num
	Reason  string      // why it is delivered again; Slack: X-Slack-Retry-Reason
}

// ID is what the provider signs to identify the event. It is never empty.
//
//   - Slack: event_id; of commands and interactions trigger_id
//   - Stripe: id
//   - Standard Webhooks: webhook-id
//   - a [Scheme] whose Content has {id}: the value of its header
//
// Otherwise it is "sha256:" and the SHA-256 of the body in hexadecimal, which two events
// with the same body share: GitHub and Shopify sign no ID, see Unsigned, and a signed
// body may be no event, not JSON or empty. Members of JSON are found by their exact
// names, and the last of several counts.
//
// Different senders may use the same ID. Use [Delivery.Key] as an idempotency key.
//
// Slack's and Stripe's IDs are in the body. Each call reads it, unless the delivery
// comes from a [Handler] or [Verifier.Middleware].
func (d Delivery) ID() string { return d.described().id }

// Type is the provider's name for the type of the event, if the type is signed, or
// empty.
//
//   - Slack: the type of the inner event (app_mention), or of the request if there is
//     no inner event; of the interaction (block_actions); or "slash_commands"
//   - Stripe, Standard Webhooks: type
//
// GitHub and Shopify do not sign the type, see Unsigned.
func (d Delivery) Type() string { return d.described().eventType }

// WithID returns the delivery with this ID and type, for [NewFunc] and for tests. Do not
// pass what the sender has not signed.
func (d Delivery) WithID(id, eventType string) Delivery {
	d.id, d.eventType, d.verifier = id, eventType, nil
	return d
}

// described returns the delivery with an ID and type.
func (d Delivery) described() Delivery {
	if d.verifier != nil {
		d = d.verifier.provider.describe(d)
		d.verifier = nil
	}
	if strings.TrimSpace(d.id) == "" {
		sum := sha256.Sum256(d.Body)
		d.id = "sha256:" + hex.EncodeToString(sum[:])
	}
	return d
}

// Decode decodes the body, as it was verified, into v. It takes JSON or a form. Of a
// form it decodes the JSON in the payload field, if there is one (Slack's
// interactions, GitHub), or else the fields as an object of strings (Slack's
// commands).
//
// The error wraps ErrMalformed and holds nothing of the body.
func (d Delivery) Decode(v any) error {
	content := d.json
	if content == nil {
		var err error
		if content, err = jsonOf(d.Body); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(content, v); err != nil {
		return fmt.Errorf("%w: it does not decode into %T", ErrMalformed, v)
	}
	return nil
}
