// Package webhookjob is for jobs whose input is a message.
package webhookjob

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

var (
	lambdaClient selfinvoke.Client
	jobs         = memstore.New[string, string]()
	slack        *webhook.Verifier
)

func messageFrom(webhook.Delivery) string                                          { return "" }
func reply(ctx context.Context, job *jobstore.Job[string, string]) (string, error) { return "", nil }

var (
	_ = lambda.Start
	_ = jobtask.New[string, string]
)
