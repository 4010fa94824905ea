// Package tests shows how to test programs that use the library. docs/testing.md quotes it.
package tests

import (
	"context"
	"errors"
	"net/http"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

type (
	job   = jobstore.Job[string, string]
	model = func(ctx context.Context, question string) (string, error)
)

var errBusy = errors.New("the model is busy")

// answer is the work of a job.
func answer(ask model) jobstore.Handler[string, string] {
	return func(ctx context.Context, job *job) (string, error) {
		jobstore.Report(ctx, 10, "calling the model")
		text, err := ask(ctx, job.Input)
		if errors.Is(err, errBusy) {
			return "", jobstore.RetryAfter(err, 5*time.Minute)
		}
		return text, err
	}
}

// newWorker, newAPI, newBot and newAudit make what main gives to lambda.Start.
func newWorker(client selfinvoke.Client, jobs jobstore.JobStore[string, string], ask model) awslambda.Handler {
	return jobtask.Worker("work", client, jobs, answer(ask))
}

func newAPI(jobs jobstore.JobStore[string, string]) http.Handler {
	return jobhttp.New(jobs, jobhttp.OwnJobs[string, string](func(r *http.Request) (string, error) {
		return r.Header.Get("X-User"), nil // an authorizer's claim in production
	}))
}

func newBot(secret string, client selfinvoke.Client, jobs jobstore.JobStore[string, string], ask model) (awslambda.Handler, error) {
	slack, err := webhook.NewSlack(secret)
	if err != nil {
		return nil, err
	}
	work := jobtask.New("answer", client, jobs, answer(ask))
	return selfinvoke.Wrap(slack.Handle(func(ctx context.Context, d webhook.Delivery) error {
		var callback struct{ Event struct{ Text string } }
		if err := d.Decode(&callback); err != nil {
			return err
		}
		return work.Start(ctx, d.Key(), callback.Event.Text)
	}), work), nil
}

// change is what the audit reads of a record.
type change struct {
	ID     string `dynamodbav:"id"`
	Status string `dynamodbav:"status"`
}

func newAudit(write func(id, from, to string) error) awslambda.Handler {
	return streamproc.New(func(_ context.Context, r streamproc.Record[change]) error {
		return write(r.New.ID, r.Old.Status, r.New.Status)
	}, func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") })
}
