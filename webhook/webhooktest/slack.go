package webhooktest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// SlackEvent returns what Slack sends to an app that is subscribed to an event,
// such as {"type": "app_mention", "text": "…"}. The event must have a type. For a redelivery, set the headers
// X-Slack-Retry-Num and X-Slack-Retry-Reason in Options.Header.
//
// Source: https://docs.slack.dev/apis/events-api
func SlackEvent(secret, id string, event any, opts ...func(*Options)) Request {
	c := newCall("SlackEvent", opts)
	var described struct{ Type string }
	payload := c.raw(event)
	if err := json.Unmarshal(payload, &described); err != nil {
		c.panic("the event is not a JSON object")
	}
	c.need("the event's type", described.Type)
	return c.slack(secret, typeJSON, object{
		"token": "XXYYZZ", "team_id": "T123ABC456", "api_app_id": "A123ABC456", "event": payload,
		"type": "event_callback", "event_id": c.need("the ID", id), "event_time": c.Time.Unix(),
	}.event())
}

// SlackChallenge returns what Slack sends to verify the URL of an app.
//
// Source: https://docs.slack.dev/reference/events/url_verification
func SlackChallenge(secret, challenge string, opts ...func(*Options)) Request {
	c := newCall("SlackChallenge", opts)
	return c.slack(secret, typeJSON, object{"token": "XXYYZZ", "challenge": c.need("the challenge", challenge), "type": "url_verification"}.event())
}

// SlackCommand returns what Slack sends for a slash command. The form must have
// command, and usually has text. Missing fields are made up. Each call makes a new
// trigger_id, which is the delivery's ID.
//
// Source: https://docs.slack.dev/interactivity/implementing-slash-commands
func SlackCommand(secret string, form url.Values, opts ...func(*Options)) Request {
	c := newCall("SlackCommand", opts)
	c.need("the form's command", form.Get("command"))
	full := url.Values(with(form, url.Values{
		"token": {"XXYYZZ"}, "team_id": {"T123ABC456"}, "team_domain": {"example"}, "api_app_id": {"A123ABC456"},
		"channel_id": {"C123ABC456"}, "channel_name": {"test"}, "user_id": {"U123ABC456"}, "user_name": {"steve"}, "text": {""},
		"is_enterprise_install": {"false"}, "response_url": {"https://hooks.slack.com/commands/1234/5678"},
		"trigger_id": {"13345224609.738474920." + rand.Text()},
	}))
	return c.slack(secret, typeForm, []byte(full.Encode()))
}

// SlackInteraction returns what Slack sends when a button is clicked, a view is
// submitted and so on. The payload is sent as JSON in a form. Its type is the
// delivery's type, such as block_actions, and its trigger_id is the delivery's ID.
//
// Source: https://docs.slack.dev/interactivity/handling-user-interaction
func SlackInteraction(secret string, payload any, opts ...func(*Options)) Request {
	c := newCall("SlackInteraction", opts)
	return c.slack(secret, typeForm, payloadField(c.marshal(payload)))
}

func (c *call) slack(secret, contentType string, body []byte) Request {
	v, err := webhook.NewSlack(secret, weak)
	return c.sign(v, err, body, http.Header{
		"Content-Type": {contentType},
		"User-Agent":   {"Slackbot 1.0 (+https://api.slack.com/robots)"},
	})
}

// payloadField returns a form with JSON in its one field.
func payloadField(payload []byte) []byte {
	return []byte(url.Values{"payload": {string(payload)}}.Encode())
}
