// Command processqueryjob is the Lambda function that the table's stream
// triggers: it does the slow work of each job and writes its outcome.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/rosario"
)

func main() {
	claude := &rosario.Claude{URL: rosario.Env("CLAUDE_URL")}
	lambda.Start(rosario.Process(rosario.Table(), claude))
}
