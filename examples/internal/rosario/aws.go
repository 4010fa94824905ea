package rosario

import (
	"cmp"
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// The helpers below end the process when the function is set up wrongly: Lambda
// then reports the line as an initialisation error.

// Config returns the SDK's configuration of the environment.
func Config() aws.Config {
	return Must(config.LoadDefaultConfig(context.Background()))
}

// Table returns the jobs in the DynamoDB table that TABLE names.
func Table() Jobs {
	return Must(dynamostore.New[string, string](dynamodb.NewFromConfig(Config()), Env("TABLE")))
}

// Env returns the environment variable called name, which must be set.
func Env(name string) string {
	v := os.Getenv(name)
	if v == "" {
		log.Fatalf("the environment variable %s is not set", name)
	}
	return v
}

// EnvOr returns the environment variable called name, or otherwise when it is not set.
func EnvOr(name, otherwise string) string {
	return cmp.Or(os.Getenv(name), otherwise)
}

// Must returns v unless there was an error.
func Must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
