package jobhttp_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// dynamoJobs are the jobs of a table of the benchmark's own.
func dynamoJobs(b *testing.B) *dynamostore.Store[string, string] {
	b.Helper()
	client := dynamodb.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(dynamotest.Endpoint(b)),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	table := "watched-" + jobstore.NewID()
	if _, err := dynamostore.CreateTable(b.Context(), client, table); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if _, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &table}); err != nil {
			b.Error(err)
		}
	})
	jobs, err := dynamostore.New[string, string](client, table)
	if err != nil {
		b.Fatal(err)
	}
	return jobs
}
