package dynamostore_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

func newClient(t *testing.T) *dynamodb.Client {
	t.Helper()
	return dynamodb.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(dynamotest.Endpoint(t)),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// newTable makes a table of the test's own for a store with these options. It has no
// stream, with which the server gets slower with each record.
func newTable(t *testing.T, client *dynamodb.Client, opts ...func(*dynamostore.Options)) string {
	t.Helper()
	table := newStreamTable(t, client, opts...)
	_, err := client.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: &table, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// newStreamTable makes one with its stream.
func newStreamTable(t *testing.T, client *dynamodb.Client, opts ...func(*dynamostore.Options)) string {
	t.Helper()
	table := "jobs-" + jobstore.NewID()
	if _, err := dynamostore.CreateTable(t.Context(), client, table, opts...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the server gets slower with each table
		_, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &table})
		if err != nil {
			t.Error(err)
		}
	})
	return table
}

func newStore(t *testing.T, client *dynamodb.Client, opts ...func(*dynamostore.Options)) *dynamostore.Store[string, string] {
	t.Helper()
	store, err := dynamostore.New[string, string](client, newTable(t, client, opts...), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// listing are the checks that need an index.
var listing = []string{
	"list/has each job in its set", "list/canceled jobs are a set of their own", "list/a reopened job", "list/hand-overs",
	"list/jobs that wait", "list/errors", "list/the error of the attempt before", "list/by age", "list/by the age of the job",
	"list/in order, in parts", "list/goes on behind a job that is gone", "list/bad input",
	"list by caller/the caller's own jobs, newest first", "list by caller/in parts", "list by caller/goes on behind a job that is gone",
	"list by caller/a cursor of another caller shows nothing of theirs", "list by caller/bad input",
	"pick/finds what waits for a worker", "pick/finds what a sweep has started", "pick/is bounded",
}

func TestStore(t *testing.T) {
	client := newClient(t)
	for name, opt := range map[string]func(*dynamostore.Options){
		"plain":   func(*dynamostore.Options) {},
		"indexed": func(o *dynamostore.Options) { o.Index, o.CallerIndex = "unfinished", "callers" },
		"amplify": dynamostore.Amplify("QueryJob"),
		"single":  single,
		"fixed sort key": func(o *dynamostore.Options) {
			o.SortKey = dynamostore.SortKey{Name: "SK", Value: func(string) string { return "job" }}
		},
	} {
		t.Run(name, func(t *testing.T) {
			jobstoretest.Run(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
				return newStore(t, client, opt, func(o *dynamostore.Options) {
					o.Now, o.OnLeaseExpiry, o.History = c.Now, c.OnLeaseExpiry, c.History
					if c.Retention != 0 {
						o.Retention = c.Retention
					}
				})
			}, func(o *jobstoretest.Options) {
				if name != "plain" {
					o.Rounds = 30 // the conditions of a race are the same
				}
				if name != "indexed" && name != "single" {
					o.Lacks = listing
				}
			})
		})
	}
}
