package tests

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// queue is a selfinvoke.Client that keeps what Lambda would queue.
type queue struct{ events [][]byte }

func (q *queue) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	q.events = append(q.events, in.Payload)
	return &lambda.InvokeOutput{StatusCode: 202}, nil
}

// invocation is the context that Lambda gives to a handler.
func invocation(t *testing.T) context.Context {
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:bot",
	})
}

func TestARetryOfSlackIsAnsweredOnce(t *testing.T) {
	ctx, q, answers := invocation(t), &queue{}, 0
	bot, err := newBot(webhooktest.SlackSecret, q, memstore.New[string, string](), func(context.Context, string) (string, error) {
		answers++
		return "up 12 %", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	mention := webhooktest.SlackEvent(webhooktest.SlackSecret, "Ev1", map[string]string{"type": "app_mention", "text": "Sales?"})
	for range 2 { // Slack delivers again when it has waited for three seconds
		out, err := bot.Invoke(ctx, mention.FunctionURL())
		if err != nil || !strings.Contains(string(out), `"statusCode":200`) {
			t.Errorf("Slack gets %s, %v", out, err)
		}
	}
	for _, event := range q.events { // what Lambda then does
		if _, err := bot.Invoke(ctx, event); err != nil {
			t.Error(err)
		}
	}
	if answers != 1 {
		t.Errorf("%d answers, want 1", answers)
	}
}

func TestAForgedMentionIsRefused(t *testing.T) {
	bot, err := newBot(webhooktest.SlackSecret, &queue{}, memstore.New[string, string](), nil)
	if err != nil {
		t.Fatal(err)
	}
	mention := webhooktest.SlackEvent(webhooktest.SlackSecret, "Ev1", map[string]string{"type": "app_mention"})
	mention.Body = append(mention.Body, ' ') // no longer what was signed
	out, err := bot.Invoke(invocation(t), mention.FunctionURL())
	if err != nil || !strings.Contains(string(out), `"statusCode":401`) {
		t.Errorf("the answer is %s, %v", out, err)
	}
}
