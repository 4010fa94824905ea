package rosario

import (
	"context"
	"encoding/json"
	"fmt"
)

// SlackAPI posts messages.
//
// Source: https://docs.slack.dev/reference/methods/chat.postMessage
type SlackAPI struct{ URL, Token string }

// Reply posts text into the thread of m.
func (s *SlackAPI) Reply(ctx context.Context, m Message, text string) error {
	resp, err := postJSON(ctx, s.URL, s.Token, map[string]string{
		"channel": m.Channel, "thread_ts": m.Time, "text": text,
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
