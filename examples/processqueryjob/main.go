// Command processqueryjob is the Lambda function that the stream of the job table
// triggers. It does the slow work of each job and writes the outcome.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
)

func main() {
	claude := setup.Must(service.NewClaude(setup.Env("CLAUDE_URL")))
	lambda.Start(queryjob.Process(queryjob.Store(), claude))
}
