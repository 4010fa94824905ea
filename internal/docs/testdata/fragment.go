// Package fragment has the imports and names that a fragment of Go in Markdown may use.
package fragment

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

var (
	ctx          context.Context
	cfg          aws.Config
	lambdaClient selfinvoke.Client
	jobs         = memstore.New[string, string]()
	slack        *webhook.Verifier
	bot          lambda.Handler
	answer       *selfinvoke.Task[Message]
)

// Message is what a fragment's webhook asks.
type Message struct{ Channel, Text string }

func messageFrom(webhook.Delivery) Message                                           { return Message{} }
func ask(context.Context, string) (string, error)                                    { return "", nil }
func post(ctx context.Context, channel, text string) error                           { return nil }
func process(ctx context.Context, job *jobstore.Job[string, string]) (string, error) { return "", nil }
func reply(ctx context.Context, job *jobstore.Job[Message, string]) (string, error)  { return "", nil }

// What only fragments use.
var (
	_ = errors.New
	_ = os.Getenv
	_ *testing.T
	_ = synctest.Test
	_ = time.Second
	_ = dynamodb.NewFromConfig
	_ = dynamostore.New[string, string]
	_ = jobstream.New[string, string]
	_ = jobtask.New[string, string]
	_ = lambdalocal.New
	_ = streamproc.New[string]
	_ = webhooktest.SlackEvent
)
