package slackbot_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/slackbot"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/standin"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// client keeps what was invoked.
type client struct{ payloads [][]byte }

func (c *client) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	c.payloads = append(c.payloads, in.Payload)
	return &lambda.InvokeOutput{StatusCode: http.StatusAccepted}, nil
}

func TestSlackBot(t *testing.T) {
	claude, asked := standin.Server(t, 200, `{"claude_response":"42"}`)
	api, posted := standin.Server(t, 200, `{"ok":true}`)
	slack, err := webhook.NewSlack(webhooktest.SlackSecret)
	if err != nil {
		t.Fatal(err)
	}
	invoked := &client{}
	bot := slackbot.New(slack, invoked, standin.Claude(t, claude), standin.Slack(t, api, "xoxb"))
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:bot"})

	out, err := bot.Invoke(ctx, signedEvent(t, slack, `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"why?","channel":"C1","ts":"1.2"}}`))
	if err != nil || !strings.Contains(string(out), `"statusCode":200`) || len(invoked.payloads) != 1 || len(*asked) != 0 {
		t.Fatalf("acknowledged with %s, %v after %d invokes and %d questions", out, err, len(invoked.payloads), len(*asked))
	}
	if _, err := bot.Invoke(ctx, invoked.payloads[0]); err != nil {
		t.Fatal(err)
	}
	if want := `Bearer xoxb{"channel":"C1","text":"42","thread_ts":"1.2"}`; len(*posted) != 1 || (*posted)[0] != want {
		t.Errorf("posted %q, want %s", *posted, want)
	}
	for name, event := range map[string]string{
		"a reaction":     `{"type":"reaction_added"}`,
		"its own answer": `{"type":"message","bot_id":"B1","text":"42","channel":"C1","ts":"1.3","thread_ts":"1.2"}`,
	} {
		if _, err := bot.Invoke(ctx, signedEvent(t, slack, `{"type":"event_callback","event_id":"Ev2","event":`+event+`}`)); err != nil || len(invoked.payloads) != 1 {
			t.Errorf("%s: %v, %d invokes", name, err, len(invoked.payloads))
		}
	}
}

func signedEvent(t *testing.T, slack *webhook.Verifier, body string) []byte {
	t.Helper()
	h := http.Header{}
	if err := slack.Sign(h, time.Now(), []byte(body)); err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{}
	for name := range h {
		headers[strings.ToLower(name)] = h.Get(name)
	}
	event, err := json.Marshal(map[string]any{
		"requestContext": map[string]any{"http": map[string]string{"method": "POST"}}, "headers": headers, "body": body,
	})
	if err != nil {
		t.Fatal(err)
	}
	return event
}
