// Package slackbot answers messages in Slack with a model's help.
package slackbot

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// Message is a message to the bot.
type Message struct {
	Text    string `json:"text"`
	Channel string `json:"channel"`
	Time    string `json:"ts"` // identifies the message and its thread
	Bot     string `json:"bot_id,omitempty"`
}

// New returns the function's handler. It acknowledges a message at once and answers
// it in its thread, from an asynchronous invocation of the same function. It ignores
// messages of bots: an app that subscribes to messages receives its own answers too,
// and would answer them forever.
//
// Source: https://github.com/slackapi/bolt-python/issues/307
func New(slack *webhook.Verifier, client selfinvoke.Client, claude *service.Claude, post *service.Slack) lambda.Handler {
	answer := selfinvoke.NewTask("answer", client, func(ctx context.Context, m Message) error {
		text, err := claude.Query(ctx, m.Text, nil)
		if err != nil {
			return err
		}
		return post.Reply(ctx, m.Channel, m.Time, text)
	})
	return selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
		var callback struct{ Event Message }
		if err := d.Decode(&callback); err != nil || callback.Event.Text == "" || callback.Event.Bot != "" {
			return err // no text, or from a bot
		}
		return answer.Invoke(ctx, callback.Event)
	}), answer)
}
