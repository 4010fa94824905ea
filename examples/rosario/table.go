package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// table is a store of jobs and the stream of its changes.
type table struct {
	jobs   queryjob.Jobs
	stream lambdalocal.Stream
	where  string // memory, or the endpoint
}

// openTable keeps the jobs in memory, or behind a DynamoDB endpoint.
func openTable(ctx context.Context, endpoint string) (table, error) {
	if endpoint == "" {
		jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
		return table{jobs, lambdalocal.Feed(jobs.Changes), "memory"}, nil
	}
	if u, err := url.Parse(endpoint); err != nil || u.Host == "" {
		return table{}, fmt.Errorf("-dynamodb: %q is not a URL such as http://127.0.0.1:8000", endpoint)
	}
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
	client := dynamodb.NewFromConfig(cfg)
	streamARN, err := dynamostore.CreateTable(ctx, client, "QueryJob", indexed)
	if err != nil {
		return table{}, fmt.Errorf("-dynamodb %s: %w", endpoint, err)
	}
	jobs, err := dynamostore.New[string, string](client, "QueryJob", indexed)
	return table{jobs, lambdalocal.DynamoDBStream(dynamodbstreams.NewFromConfig(cfg), streamARN), endpoint}, err
}

func indexed(o *dynamostore.Options) { o.Index = "sweep" }
