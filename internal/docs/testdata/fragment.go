// Package fragment has the imports and names that a fragment of Go in Markdown may use.
package fragment

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/webhook"
)

type (
	job = jobstore.Job[string, string]
	Job = job
)

var (
	lambdaClient selfinvoke.Client
	jobs         = memstore.New[string, string]()
	mentions     = memstore.New[string, string]()
	slack        *webhook.Verifier
)

func process(context.Context, *job) (string, error) { return "", nil }
func reply(context.Context, *job) (string, error)   { return "", nil }
func ask(context.Context, string) (string, error)   { return "", nil }
func caller(*http.Request) (string, error)          { return "", nil }
func messageFrom(webhook.Delivery) string           { return "" }

// The other imports are for the fragments.
var (
	_ = lambda.Start
	_ = log.Printf
	_ = jobhttp.New[string, string]
	_ = jobtask.New[string, string]
	_ = lambdahttp.Wrap
	_ = os.Getenv
	_ = time.Now
	_ events.APIGatewayV2HTTPRequest
)
