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
// A [Handler] answers Slack's URL verification and its checks of the certificate
// by itself. Commands and interactions show what [Respond] answers.
//
// Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack,
// https://docs.slack.dev/interactivity/handling-user-interaction,
// https://docs.slack.dev/interactivity/implementing-slash-commands
func NewSlack(secret string, opts ...func(*Options)) (*Verifier, error) {
	s, o, err := Scheme{
		Provider: "slack", Signature: "X-Slack-Signature", Prefix: "v0=",
		Timestamp: "X-Slack-Request-Timestamp", Content: "v0:{timestamp}:{body}",
	}.compile(secret, opts)
	if err != nil {
		return nil, err
	}
	return newVerifier(slack{s}, o), nil
}

type slack struct{ *hmacScheme }

func (s slack) verify(o *Options, header http.Header, body []byte) (Delivery, error) {
	d, err := s.hmacScheme.verify(o, header, body)
	if n, convErr := strconv.Atoi(first(header, "X-Slack-Retry-Num")); convErr == nil {
		d.Attempt = max(n, 0)
	}
	d.Reason = first(header, "X-Slack-Retry-Reason")
	return d, err
}

// slackBody is what is read of events, commands and interactions.
type slackBody struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	EventID   string `json:"event_id"`
	Event     struct {
		Type string `json:"type"`
	} `json:"event"`
	Command   string `json:"command"`
	TriggerID string `json:"trigger_id"`
	SSLCheck  string `json:"ssl_check"`
}

func (s slack) describe(body []byte) (id, eventType string, err error) {
	b, err := readSlack(body)
	switch {
	case err != nil:
		return "", "", err
	case b.Type == "event_callback":
		if strings.TrimSpace(b.EventID) == "" {
			err = fmt.Errorf("%w: an event_callback without event_id", ErrMalformed)
		}
		return b.EventID, b.Event.Type, err
	case b.Type != "":
		return b.TriggerID, b.Type, nil
	case b.Command != "":
		return b.TriggerID, "slash_commands", nil
	case b.SSLCheck != "":
		return "", "ssl_check", nil
	}
	return "", "", fmt.Errorf("%w: it is no event, command or interaction of Slack", ErrMalformed)
}

func readSlack(body []byte) (b slackBody, err error) {
	content, err := jsonOf(body)
	if err != nil {
		return b, err
	}
	if json.Unmarshal(content, &b) != nil {
		return b, fmt.Errorf("%w: it is no event, command or interaction of Slack", ErrMalformed)
	}
	return b, nil
}

// answer answers a URL verification and a check of the certificate.
//
// Sources: https://docs.slack.dev/reference/events/url_verification,
// https://docs.slack.dev/interactivity/implementing-slash-commands
func (s slack) answer(d Delivery) (Response, bool) {
	switch d.eventType {
	case "url_verification":
		b, _ := readSlack(d.Body) // it was read before
		r, err := JSON(map[string]string{"challenge": b.Challenge})
		return r, err == nil
	case "ssl_check":
		return Response{}, true
	}
	return Response{}, false
}
