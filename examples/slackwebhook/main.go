// Command slackwebhook is a Slack bot in two Lambda functions. One is behind the app's
// event URL: it acknowledges each message within three seconds and starts the other one,
// which WORK_FUNCTION names. The other one, without that variable, answers.
package main

import (
	"os"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/slackbot"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func main() {
	cfg := setup.Config()
	client := lambda.NewFromConfig(cfg)
	messages := setup.Must(dynamostore.New[slackbot.Message, string](dynamodb.NewFromConfig(cfg), setup.Env("MESSAGES")))
	if work := os.Getenv("WORK_FUNCTION"); work != "" {
		slack := setup.Must(webhook.NewSlack(setup.Env("SLACK_SIGNING_SECRET")))
		awslambda.Start(slackbot.Front(slack, client, messages, work))
	} else {
		claude := setup.Must(service.NewClaude(setup.Env("CLAUDE_URL")))
		post := setup.Must(service.NewSlack(setup.EnvOr("SLACK_API_URL", "https://slack.com/api/chat.postMessage"), setup.Env("SLACK_BOT_TOKEN")))
		awslambda.Start(slackbot.Work(client, messages, slackbot.Answer(claude, post)))
	}
}
