package webhook

import (
	"encoding/json"
	"fmt"
	"time"
)

// Delivery is a verified webhook.
type Delivery struct {
	Provider string    // "slack"
	ID       string    // the same for each delivery of one event: Slack's event_id
	Type     string    // Slack: the type of the inner event, or of the request where there is none
	Time     time.Time // when it was signed
	Attempt  int       // 0 for the first, Slack: X-Slack-Retry-Num
	Reason   string    // why it comes again, Slack: X-Slack-Retry-Reason
	Body     []byte    // as it was sent
}

// Decode decodes the JSON body into v. Its error wraps ErrMalformed, and names
// no part of the body.
func (d Delivery) Decode(v any) error {
	if err := json.Unmarshal(d.Body, v); err != nil {
		return fmt.Errorf("%w: it does not decode into %T", ErrMalformed, v)
	}
	return nil
}
