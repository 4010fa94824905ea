package webhook

import (
	"net/http"
	"strconv"
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
	}, issued{slackSecret, defaultMaxBody}, opts, func(s *hmacScheme) provider { return slack{s} })
}

type slack struct{ *hmacScheme }

func (s slack) verify(header http.Header, body []byte) (Delivery, error) {
	d, err := s.hmacScheme.verify(header, body)
	if n, convErr := strconv.Atoi(first(header, "X-Slack-Retry-Num")); convErr == nil {
		d.Unsigned.Attempt = max(n, 0)
	}
	d.Unsigned.Reason = first(header, "X-Slack-Retry-Reason")
	return d, err
}

// describe reads events, commands and interactions. What is neither has no type.
func (s slack) describe(d Delivery) Delivery {
	content, err := jsonOf(d.Body)
	if err != nil {
		return d
	}
	d.json = content
	b := membersOf(content)
	switch kind := b.text("type"); {
	case kind == "event_callback":
		d.id, d.eventType = b.text("event_id"), membersOf(b["event"]).text("type")
	case kind != "":
		d.id, d.eventType = b.text("trigger_id"), kind
	case b.text("command") != "":
		d.id, d.eventType = b.text("trigger_id"), "slash_commands"
	case b.text("ssl_check") != "":
		d.eventType = "ssl_check"
	}
	return d
}

// answer answers a URL verification and a check of the certificate.
//
// Sources: https://docs.slack.dev/reference/events/url_verification,
// https://docs.slack.dev/interactivity/implementing-slash-commands
func (s slack) answer(d Delivery) (Response, bool) {
	switch d.eventType {
	case "url_verification":
		challenge := membersOf(d.json).text("challenge")
		if challenge == "" {
			return Response{}, false
		}
		r, err := JSON(map[string]string{"challenge": challenge})
		return r, err == nil
	case "ssl_check":
		return Response{}, true
	}
	return Response{}, false
}
