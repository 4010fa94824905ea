// Package slackbot answers messages in Slack with a model's help. It has two functions:
// one acknowledges what Slack sends, the other one answers. Slow answers then leave room
// for acknowledgements, as each function has a concurrency of its own.
package slackbot

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
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

type (
	// Store has a job for each delivery of Slack. Its output is the answer.
	Store = jobstore.JobStore[Message, string]

	job = jobstore.Job[Message, string]
)

// Front returns the handler of the function that Slack calls. It makes a job of each
// message and has the function called work run it. A repeated delivery, from
// Slack or from someone who captured it, finds its job and starts nothing new.
//
// Front ignores messages of bots: an app that subscribes to messages receives its own
// answers too, and would answer them forever.
//
// Source: https://github.com/slackapi/bolt-python/issues/307
func Front(slack *webhook.Verifier, client selfinvoke.Client, jobs Store, work string) lambda.Handler {
	answer := newTask(client, jobs, notHere, work)
	return slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
		var callback struct{ Event Message }
		if err := d.Decode(&callback); err != nil || callback.Event.Text == "" || callback.Event.Bot != "" {
			return err // no text, or from a bot
		}
		return answer.Start(ctx, d.Key(), callback.Event, func(o *jobstore.CreateOptions) {
			o.Redelivered = d.Unsigned.Attempt > 0
		})
	})
}

// Work returns the handler of the function that answers.
func Work(client selfinvoke.Client, jobs Store, answer jobstore.Handler[Message, string]) lambda.Handler {
	refuse := func(context.Context, any) (any, error) {
		return nil, errors.New("slackbot: this event is none of the front's")
	}
	return selfinvoke.WrapFunc(refuse, newTask(client, jobs, answer, ""))
}

// newTask returns the task that both functions know by its name. It runs in the function
// called work.
func newTask(client selfinvoke.Client, jobs Store, answer jobstore.Handler[Message, string], work string) *jobtask.Task[Message, string] {
	return jobtask.New("answer", client, jobs, answer, func(o *jobtask.Options) {
		o.Task = func(o *selfinvoke.Options) { o.Function = work }
	})
}

func notHere(context.Context, *job) (string, error) {
	return "", errors.New("slackbot: the front does not answer")
}

// backoff begins with short waits, which happen within the invocation: a person waits.
var backoff = jobstore.Exponential(time.Second, 10*time.Minute)

// Answer asks the model and posts its answer in the message's thread.
func Answer(claude *service.Claude, post *service.Slack) jobstore.Handler[Message, string] {
	return func(ctx context.Context, job *job) (string, error) {
		text, err := claude.Query(ctx, job.Input.Text, nil)
		if err != nil {
			return "", jobstore.RetryAfter(err, backoff(job.Attempt))
		}
		return text, post.Reply(ctx, job.Input.Channel, job.Input.Time, text)
	}
}
