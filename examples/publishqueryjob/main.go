// Command publishqueryjob is a Lambda function on the stream of the job table. It
// publishes each change of a job, with progress and partial output, to the subscribers of
// an AppSync API. The API has no table of its own, see schema.graphql.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/publish"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

func main() {
	lambda.Start(setup.Must(publish.Changes[string](setup.Env("GRAPHQL_ENDPOINT"), appsyncstore.IAM(setup.Config()))))
}
