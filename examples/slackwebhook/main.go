// Command slackwebhook is the Lambda function behind a Slack app's event URL: it
// answers Slack within three seconds and does the slow work by invoking itself.
package main

import (
	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/rosario"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

func main() {
	slack := rosario.Must(webhook.NewSlack(rosario.Env("SLACK_SIGNING_SECRET")))
	claude := &rosario.Claude{URL: rosario.Env("CLAUDE_URL")}
	post := &rosario.SlackAPI{
		URL:   rosario.EnvOr("SLACK_API_URL", "https://slack.com/api/chat.postMessage"),
		Token: rosario.Env("SLACK_BOT_TOKEN"),
	}
	awslambda.Start(rosario.SlackBot(slack, lambda.NewFromConfig(rosario.Config()), claude, post))
}
