// Command slackwebhook is the Lambda function behind a Slack app's event URL. It
// acknowledges each event within three seconds and does the slow work by invoking
// itself.
package main

import (
	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/slackbot"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func main() {
	slack := setup.Must(webhook.NewSlack(setup.Env("SLACK_SIGNING_SECRET")))
	claude := setup.Must(service.NewClaude(setup.Env("CLAUDE_URL")))
	post := setup.Must(service.NewSlack(setup.EnvOr("SLACK_API_URL", "https://slack.com/api/chat.postMessage"), setup.Env("SLACK_BOT_TOKEN")))
	awslambda.Start(slackbot.New(slack, lambda.NewFromConfig(setup.Config()), claude, post))
}
