package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// slackMessage returns a message to the bot, as Slack posts it.
func slackMessage(id string, at time.Time, text string) []byte {
	body, err := json.Marshal(map[string]any{
		"type": "event_callback", "event_id": id, "event_time": at.Unix(),
		"event": map[string]string{
			"type": "app_mention", "channel": "C024BE91L", "user": "U061F7AUR",
			"text": text, "ts": fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000),
		},
	})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return body
}

// curl returns a shell command that posts body as Slack would, signed now.
func (a *app) curl(body []byte) string {
	header := http.Header{}
	if err := a.signer.Sign(header, time.Now(), body); err != nil {
		panic(err) // only a public key cannot sign
	}
	var line strings.Builder
	fmt.Fprintf(&line, "curl -i %s/slack -H 'Content-Type: application/json'", a.url)
	for _, name := range []string{"X-Slack-Request-Timestamp", "X-Slack-Signature"} {
		fmt.Fprintf(&line, " -H '%s: %s'", name, header.Get(name))
	}
	fmt.Fprintf(&line, " -d '%s'", strings.ReplaceAll(string(body), "'", `'\''`))
	return line.String()
}
