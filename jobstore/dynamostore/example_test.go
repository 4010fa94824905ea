package dynamostore_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

func ExampleNew() {
	var cfg aws.Config // from config.LoadDefaultConfig
	jobs, err := dynamostore.New[string, string](dynamodb.NewFromConfig(cfg), "QueryJob")
	if err != nil {
		panic(err)
	}
	_, err = jobs.Get(context.Background(), "")
	fmt.Println(err)
	// Output: jobstore: get job "": invalid argument: id is empty
}

// A table whose attributes have names of their own.
func ExampleOptions() {
	client := dynamodb.New(dynamodb.Options{Region: "eu-central-1"})
	_, err := dynamostore.New[string, string](client, "QueryJob", func(o *dynamostore.Options) {
		o.Attributes.Input = "query"
		o.Attributes.Output = "response"
	})
	fmt.Println(err)
	// Output: <nil>
}

// The table of an Amplify model named QueryJob, and an index for Sweep.
func ExampleAmplify() {
	client := dynamodb.New(dynamodb.Options{Region: "eu-central-1"})
	_, err := dynamostore.New[string, string](client, "QueryJob-abc-NONE", dynamostore.Amplify("QueryJob"), func(o *dynamostore.Options) {
		o.Index = "unfinished"
	})
	fmt.Println(err)
	// Output: <nil>
}

// A table for a test, on a DynamoDB server of this machine.
func ExampleCreateTable() {
	client := dynamodb.New(dynamodb.Options{Region: "eu-central-1", BaseEndpoint: aws.String("http://localhost:8000")})
	setUp := func(ctx context.Context) error {
		streamARN, err := dynamostore.CreateTable(ctx, client, "jobs", func(o *dynamostore.Options) { o.Index = "unfinished" })
		fmt.Println(streamARN)
		return err
	}
	_ = setUp // no server in this example
	// Output:
}
