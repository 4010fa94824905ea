// Command auditqueryjob is a second Lambda function on the stream of the job table.
// It records each change of a job's status in an audit table.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/audit"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
)

func main() {
	client := dynamodb.NewFromConfig(setup.Config())
	lambda.Start(audit.Trail(client, setup.Env("AUDIT_TABLE")))
}
