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
