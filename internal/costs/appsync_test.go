package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
)

// operations counts the queries and mutations of a client, and what Amplify's resolvers
// do for each: one read or one write, of a record of less than 1 KB.
type operations struct{ *meter }

func (o operations) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	o.add(r.Context(), func(c *counts) {
		c.Operations++
		if bytes.HasPrefix(body, []byte(`{"query":"mutation`)) {
			c.Writes++
		} else {
			c.Reads++
		}
	})
	return unconnected.Do(r)
}

// TestAppSync measures pattern 1 behind an Amplify API. The front end calls a mutation of
// its own, whose function creates the job.
func TestAppSync(t *testing.T) {
	api := appsynctest.Start(t)
	api.Clear(t)
	cfg := aws.Config{Region: api.Region, BaseEndpoint: &api.Endpoint, Credentials: api.Processor(), HTTPClient: unconnected}
	a := &app{table: api.Table, config: cfg}
	table, err := api.DynamoDB().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &api.Table})
	if err != nil {
		t.Fatal(err)
	}
	a.stream = *table.Table.LatestStreamArn
	a.virtually(t, func(a *app) {
		store, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.IAM(cfg), func(o *appsyncstore.Options) { o.HTTPClient = operations{a.meter} })
		if err != nil {
			a.Fatal(err)
		}
		a.trigger(a.deploy("worker", jobstream.New(store, work(0, "42"))))
		a.acknowledge(lambda.NewHandler(func(ctx context.Context, question string) error {
			_, err := store.Create(ctx, question)
			return err
		}))
		a.add(a.Context(), func(c *counts) { c.Operations++ }) // the front end's mutation
		a.done()
		a.took("appsync")
	})
}
