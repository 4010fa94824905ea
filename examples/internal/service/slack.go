package service

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// Slack posts messages.
//
// Source: https://docs.slack.dev/reference/methods/chat.postMessage
type Slack struct {
	client *outbound.Client
	token  string
}

// NewSlack returns a client of Slack's method chat.postMessage at url, with a bot's token.
func NewSlack(url, token string) (*Slack, error) {
	client, err := outbound.New(url, 30*time.Second)
	if err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	return &Slack{client, token}, nil
}

// plain has Slack show a text as it is. A model repeats what it is asked to: a user who may not
// could otherwise notify a whole channel by <!channel>, or hide an address behind another text.
//
// Source: https://docs.slack.dev/messaging/formatting-message-text
var plain = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Reply posts text to a thread of a channel. It notifies only who follows the thread.
func (s *Slack) Reply(ctx context.Context, channel, thread, text string) error {
	answer, err := postJSON(ctx, s.client, s.token, map[string]string{
		"channel": channel, "thread_ts": thread, "text": plain.Replace(text),
	})
	if err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	defer answer.Close()
	var result struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(answer).Decode(&result); err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	if !result.OK {
		return fmt.Errorf("slack: chat.postMessage: %s", outbound.Code(result.Error))
	}
	return nil
}
