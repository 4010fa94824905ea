package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

func ExampleNewSlack() {
	slack, err := webhook.NewSlack(webhooktest.SlackSecret)
	if err != nil {
		panic(err)
	}
	body := []byte(`{"type":"event_callback","event_id":"Ev08MFMKH6","event":{"type":"app_mention","text":"hello"}}`)
	header := http.Header{}
	if err := slack.Sign(header, time.Now(), body); err != nil { // as Slack does
		panic(err)
	}

	d, err := slack.Verify(header, body)
	fmt.Println(d.ID(), d.Type(), err)

	_, err = slack.Verify(header, append(body, ' '))
	fmt.Println(err)
	// Output:
	// Ev08MFMKH6 app_mention <nil>
	// webhook: the signature is missing or wrong: X-Slack-Signature does not match
}

func ExampleVerifier_Handle() {
	slack, err := webhook.NewSlack(webhooktest.SlackSecret)
	if err != nil {
		panic(err)
	}
	handler := slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
		fmt.Println("queue", d.ID())
		return nil
	})
	// In main: lambda.Start(handler). Here, an event without a signature:
	answer, err := handler.Invoke(context.Background(), []byte(`{
		"requestContext": {"http": {"method": "POST"}},
		"headers": {"content-type": "application/json"},
		"body": "{\"type\":\"event_callback\"}"
	}`))
	fmt.Println(string(answer), err)
	// Output:
	// {"statusCode":401,"headers":{"Content-Type":"application/problem+json"},"body":"{\"status\":401,\"title\":\"Unauthorized\"}","isBase64Encoded":false,"cookies":null} <nil>
}
