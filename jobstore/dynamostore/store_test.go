package dynamostore_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

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

// newTable makes a table of the test's own.
func newTable(t *testing.T, client *dynamodb.Client) string {
	t.Helper()
	table := "jobs-" + jobstore.NewID()
	if _, err := dynamostore.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	return table
}

func TestStore(t *testing.T) {
	client := newClient(t)
	jobstoretest.Run(t, func(t *testing.T, now func() time.Time) jobstore.JobStore[string, string] {
		store, err := dynamostore.New[string, string](client, newTable(t, client), func(o *dynamostore.Options) { o.Now = now })
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}
