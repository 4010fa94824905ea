package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

type (
	job  = jobstore.Job[string, string]
	jobs = jobstore.JobStore[string, string]
)

var silent = slog.New(slog.DiscardHandler)

// unconnected ends a connection with its request: an idle one would keep virtual time
// from going on.
var unconnected = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// app is functions and a table, on this machine. Its functions are counted.
type app struct {
	*meter
	local  *lambdalocal.Local
	config aws.Config // of the DynamoDB server
	table  string
	stream string // its ARN
	opts   []func(*dynamostore.Options)
}

// run runs a flow in virtual time, with a table that has these options.
func run(t *testing.T, flow func(*app), opts ...func(*dynamostore.Options)) {
	t.Helper()
	a := &app{table: "costs-" + jobstore.NewID(), opts: opts, config: aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(dynamotest.Endpoint(t)), HTTPClient: unconnected,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}}
	client := dynamodb.NewFromConfig(a.config)
	var err error
	if a.stream, err = dynamostore.CreateTable(t.Context(), client, a.table, opts...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: &a.table})
	})
	a.virtually(t, flow)
}

func (a *app) virtually(t *testing.T, flow func(*app)) {
	virtually(t, func(t *testing.T) {
		a.meter = &meter{T: t}
		a.local = lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = silent })
		defer a.local.Close()
		flow(a)
	})
}

// took compares what the flow took with counts.json, after all of it has ended.
func (a *app) took(flow string) {
	a.Helper()
	a.local.Close()
	a.check(flow, a.flow)
}

// store is a store of the table whose requests are counted.
func (a *app) store() *dynamostore.Store[string, string] {
	a.Helper()
	store, err := dynamostore.New[string, string](dynamodb.NewFromConfig(a.config, a.attach), a.table, a.opts...)
	if err != nil {
		a.Fatal(err)
	}
	return store
}

// deploy adds a function of 15 minutes.
func (a *app) deploy(name string, handler lambda.Handler) *lambdalocal.Function {
	a.Helper()
	fn, err := a.local.AddFunction(name, metered{handler, a.meter}, func(o *lambdalocal.FunctionOptions) { o.Timeout = 15 * time.Minute })
	if err != nil {
		a.Fatal(err)
	}
	return fn
}

// trigger maps the table's stream to a function, with the filter of examples/template.yaml.
func (a *app) trigger(fn *lambdalocal.Function) {
	a.Helper()
	stream := lambdalocal.DynamoDBStream(dynamodbstreams.NewFromConfig(a.config), a.stream)
	err := fn.MapStream(stream, func(o *lambdalocal.MappingOptions) {
		o.ReportBatchItemFailures, o.StartingPosition = true, lambdalocal.Latest
		o.FilterCriteria = []string{`{"dynamodb":{"NewImage":{"status":{"S":["pending"]}}}}`}
	})
	if err != nil {
		a.Fatal(err)
	}
	time.Sleep(10 * time.Second) // until it has begun
}

// submit creates a job through jobhttp and a function URL.
func (a *app) submit(store jobs) {
	a.Helper()
	api := a.deploy("api", lambdahttp.Wrap(jobhttp.New(store, jobhttp.AllowAll))).URL()
	w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(a.Context(), "POST", "/", strings.NewReader(`"What were the sales of last month?"`))
	r.Header.Set("Content-Type", "application/json")
	if api.ServeHTTP(w, r); w.Code != http.StatusAccepted {
		a.Fatalf("%d %s", w.Code, w.Body)
	}
}

// work takes a minute, and reports so often in it.
func work(reports int, answer string) jobstore.Handler[string, string] {
	return func(ctx context.Context, _ *job) (string, error) {
		for i := range reports {
			if err := jobstore.Report(ctx, 100*i/reports, "working"); err != nil {
				return "", err
			}
			time.Sleep(waits * time.Second / time.Duration(reports))
		}
		if reports == 0 {
			time.Sleep(waits * time.Second)
		}
		return answer, ctx.Err()
	}
}

// acknowledge has the function answer a webhook.
func (a *app) acknowledge(handler lambda.Handler) {
	a.Helper()
	a.deploy("bot", handler)
	out, err := a.local.Client().Invoke(a.Context(), &awslambda.InvokeInput{FunctionName: aws.String("bot"), Payload: []byte(`"hello?"`)})
	if err != nil || out.FunctionError != nil {
		a.Fatalf("%v, %s", err, out.Payload)
	}
}

// done waits until the job is complete, and its worker too.
func (a *app) done() {
	a.Helper()
	for range 30 {
		if time.Sleep(10 * time.Second); a.complete() {
			time.Sleep(time.Second)
			return
		}
	}
	a.Error("the job is not complete after five minutes")
}

func (a *app) complete() bool {
	a.Helper()
	out, err := dynamodb.NewFromConfig(a.config).Scan(a.Context(), &dynamodb.ScanInput{TableName: &a.table})
	if err != nil {
		a.Fatal(err)
	}
	var all []struct{ Status jobstore.Status }
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &all); err != nil || len(all) != 1 {
		a.Fatalf("%v, %v: want one job", all, err)
	}
	return all[0].Status == jobstore.Complete
}
