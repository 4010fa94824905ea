package crosscheck_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slack-go/slack/slackevents"
	stripe "github.com/stripe/stripe-go/v85/webhook"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// read returns the ID and the type with which a body that was signed by us is delivered.
func read(t *testing.T, v *webhook.Verifier, body string) (id, eventType string) {
	t.Helper()
	w := httptest.NewRecorder()
	v.Handle(func(_ context.Context, d webhook.Delivery) error {
		id, eventType = d.ID(), d.Type()
		return nil
	}).ServeHTTP(w, webhooktest.Sign(v, []byte(body)).HTTP())
	if w.Code != 200 {
		t.Errorf("%s: answered %d", body, w.Code)
	}
	return id, eventType
}

// TestUnusualEventsOfStripe: where stripe-go makes an event of a signed body, we deliver
// it with the same ID and type. We deliver what it cannot read too, and do not take ID for
// id, as it does because encoding/json does.
func TestUnusualEventsOfStripe(t *testing.T) {
	v := must[*webhook.Verifier](t)(webhook.NewStripe(whsec))
	parsed := 0
	for body, folded := range map[string]bool{
		`{"id":"evt_1","object":"event","type":"charge.failed","pending_webhooks":2}`:                     false,
		`{"id":"evt_test_65R","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered"}`: false,
		`{"object":"event","type":"charge.failed"}`:                                                       false,
		`{"object":"event","id":"","type":"charge.failed"}`:                                               false,
		`{"object":"event","id":null,"type":"charge.failed"}`:                                             false,
		`{"object":"event","id":"evt_0","id":"evt_1","type":"x"}`:                                         false,
		`{"object":"event","ID":"evt_2","type":"x"}`:                                                      true,
		`{"object":"event","id":"evt_1","ID":"evt_2","type":"x"}`:                                         true,
		`{}`: false, `null`: false, `[]`: false, `7`: false, `"x"`: false, ``: false, `{`: false, `text`: false, `{"id":7}`: false,
	} {
		id, eventType := read(t, v, body)
		signature := webhooktest.Sign(v, []byte(body)).Header.Get(stripeHeader)
		e, err := stripe.ConstructEventWithOptions([]byte(body), signature, whsec, stripe.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
		if err != nil { // it wants ParseEventNotification for thin events, and JSON
			continue
		}
		parsed++
		if e.ID == "" && strings.HasPrefix(id, "sha256:") {
			e.ID = id
		}
		if (id != e.ID) != folded || eventType != string(e.Type) {
			t.Errorf("%s: stripe-go reads %s %s, we read %s %s", body, e.ID, e.Type, id, eventType)
		}
	}
	if parsed < 5 {
		t.Errorf("stripe-go has read %d of them", parsed)
	}
}

// TestUnusualEventsOfSlack: where slack-go makes an event of a signed body, we deliver
// it, with the type of the inner event where slack-go has one.
func TestUnusualEventsOfSlack(t *testing.T) {
	v := must[*webhook.Verifier](t)(webhook.NewSlack(secret))
	for _, body := range []string{
		`{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"x"}}`, `{"type":"event_callback","event":{"type":"app_mention"}}`,
		`{"type":"event_callback","event":{}}`, `{"type":"event_callback"}`, `{"type":"app_rate_limited","minute_rate_limited":1}`, `{"type":"event_callback","event_id":7,"event":{"type":"message"}}`,
		`{}`, `null`, `[]`, `7`, ``, `{`, `text`,
	} {
		id, eventType := read(t, v, body)
		e, err := slackevents.ParseEvent([]byte(body), slackevents.OptionNoVerifyToken())
		if err == nil && e.InnerEvent.Type != "" && e.InnerEvent.Type != eventType {
			t.Errorf("%s: slack-go reads %q, we read %q", body, e.InnerEvent.Type, eventType)
		}
		if id == "" {
			t.Errorf("%s: it has no ID", body)
		}
	}
}
