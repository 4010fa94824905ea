package service

import (
	"context"
	"encoding/json"
	"fmt"
)

// Slack posts messages.
//
// Source: https://docs.slack.dev/reference/methods/chat.postMessage
type Slack struct{ URL, Token string }

// Reply posts text to a thread of a channel.
func (s *Slack) Reply(ctx context.Context, channel, thread, text string) error {
	resp, err := postJSON(ctx, s.URL, s.Token, map[string]string{
		"channel": channel, "thread_ts": thread, "text": text,
	})
	if err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	defer resp.Body.Close()
	var result struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&result); err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	if !result.OK {
		return fmt.Errorf("slack: chat.postMessage: %s", result.Error)
	}
	return nil
}
