package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// NewSlack returns a verifier for what Slack sends to an app: events, slash
// commands and interactions. Secret is the app's signing secret.
//
// A [Handler] answers Slack's URL verification and certificate checks itself. Use
// [Verifier.Respond] to answer a command or an interaction with text.
//
// Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack,
// https://docs.slack.dev/interactivity/handling-user-interaction,
// https://docs.slack.dev/interactivity/implementing-slash-commands
func NewSlack(secret string, opts ...func(*Options)) (*Verifier, error) {
	return newHMAC("NewSlack", secret, Scheme{
		Provider: "slack", Signature: "X-Slack-Signature", Prefix: "v0=",
		Timestamp: "X-Slack-Request-Timestamp", Content: "v0:{timestamp}:{body}",
	}, opts, func(s *hmacScheme) provider { return slack{s} })
}

type slack struct{ *hmacScheme }

func (s slack) verify(header http.Header, body []byte) (Delivery, error) {
	d, err := s.hmacScheme.verify(header, body)
	if n, convErr := strconv.Atoi(first(header, "X-Slack-Retry-Num")); convErr == nil {
		d.Attempt = max(n, 0)
	}
	d.Reason = first(header, "X-Slack-Retry-Reason")
	return d, err
}

// slackBody is what is read of events, commands and interactions.
type slackBody struct {
	Type    string `json:"type"`
	EventID string `json:"event_id"`
	Event   struct {
		Type string `json:"type"`
	} `json:"event"`
	Command   string `json:"command"`
	TriggerID string `json:"trigger_id"`
	SSLCheck  string `json:"ssl_check"`
}

func (s slack) describe(d Delivery) (Delivery, error) {
	var err error
	if d.json, err = jsonOf(d.Body); err != nil {
		return d, err
	}
	var b slackBody
	if json.Unmarshal(d.json, &b) != nil {
		return d, errNotSlack
	}
	switch {
	case b.Type == "event_callback":
		d.id, d.eventType = b.EventID, b.Event.Type
		if strings.TrimSpace(b.EventID) == "" {
			err = fmt.Errorf("%w: an event_callback without event_id", ErrMalformed)
		}
	case b.Type != "":
		d.id, d.eventType = b.TriggerID, b.Type
	case b.Command != "":
		d.id, d.eventType = b.TriggerID, "slash_commands"
	case b.SSLCheck != "":
		d.eventType = "ssl_check"
	default:
		err = errNotSlack
	}
	return d, err
}

var errNotSlack = fmt.Errorf("%w: it is not an event, command or interaction of Slack", ErrMalformed)

// answer answers a URL verification and a check of the certificate.
//
// Sources: https://docs.slack.dev/reference/events/url_verification,
// https://docs.slack.dev/interactivity/implementing-slash-commands
func (s slack) answer(d Delivery) (Response, bool) {
	switch d.eventType {
	case "url_verification":
		var b struct{ Challenge string }
		if d.Decode(&b) != nil {
			return Response{}, false
		}
		r, err := JSON(map[string]string{"challenge": b.Challenge})
		return r, err == nil
	case "ssl_check":
		return Response{}, true
	}
	return Response{}, false
}
