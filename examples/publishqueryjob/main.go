// Command publishqueryjob is a Lambda function on the job table's stream for front
// ends that subscribe to an AppSync API: it publishes each change of a job's status.
// The API has no table, see schema.graphql.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/publish"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

func main() {
	lambda.Start(publish.Changes(setup.Env("GRAPHQL_ENDPOINT"), appsyncstore.IAM(setup.Config())))
}
