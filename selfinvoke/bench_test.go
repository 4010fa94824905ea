package selfinvoke_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// functionURLEvent returns an event of 10 KB with the body of a webhook.
func functionURLEvent(tb testing.TB) []byte {
	tb.Helper()
	body, err := json.Marshal(map[string]any{
		"type": "event_callback", "event_id": "Ev0PV52K25", "isasync": true,
		"event": map[string]string{"type": "app_mention", "text": strings.Repeat(`say "hello" to all of them `, 300)},
	})
	if err != nil {
		tb.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "", "isBase64Encoded": false,
		"headers": map[string]string{
			"content-type": "application/json", "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
			"x-slack-signature": "v0=" + strings.Repeat("0a", 32), "x-slack-request-timestamp": "1795428000",
			"x-amzn-trace-id": "Root=1-6903f0a0-2b1c3d4e5f60718293a4b5c6", "host": "abcdefghijklmnopqrstuvwxyz.lambda-url.us-east-1.on.aws",
		},
		"requestContext": map[string]any{"accountId": "anonymous", "requestId": "2f9f0b0c-66b8-4e3a-9a53-2f6f8b6f7b0e", "http": map[string]string{"method": "POST", "path": "/"}},
		"body":           string(body),
	})
	if err != nil {
		tb.Fatal(err)
	}
	if len(event) < 10_000 || len(event) > 14_000 {
		tb.Fatalf("the event has %d bytes", len(event))
	}
	return event
}

// bare is a handler that does nothing.
var bare = handlerFunc(func(context.Context, []byte) ([]byte, error) { return nil, nil })

// BenchmarkSync passes a function URL event to the handler, without Wrap and with it.
func BenchmarkSync(b *testing.B) {
	event, ctx := functionURLEvent(b), b.Context()
	task := selfinvoke.NewTask("answer", &fake{}, func(context.Context, message) error { return nil })
	for name, h := range map[string]interface {
		Invoke(context.Context, []byte) ([]byte, error)
	}{"bare": bare, "wrapped": selfinvoke.Wrap(bare, task)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Invoke(ctx, event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// slackMessage is the payload. Its Text sets the size.
type slackMessage struct {
	Text, Channel, User, Time string
	Files                     []string
}

// BenchmarkAsync passes an envelope to the task. For comparison it decodes the same
// bytes into one struct.
func BenchmarkAsync(b *testing.B) {
	ctx, client := invocation(b), &fake{}
	for _, size := range []int{100, 10_000} {
		m := slackMessage{strings.Repeat("x", size), "C024BE91L", "U061F7AUR", "1795428000.000100", []string{"a", "b"}}
		task := selfinvoke.NewTask("answer", client, func(context.Context, slackMessage) error { return nil })
		if err := task.Invoke(ctx, m); err != nil {
			b.Fatal(err)
		}
		event := client.calls[len(client.calls)-1].Payload
		h := selfinvoke.Wrap(bare, task)
		b.Run(fmt.Sprintf("unmarshal-%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var e struct {
					IsAsync  bool
					Version  int
					Task, ID string
					Hop      int
					Time     int64
					Payload  slackMessage
				}
				if err := json.Unmarshal(event, &e); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("wrapped-%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Invoke(ctx, event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
