// Command submitquery is the Lambda function behind the submitQuery mutation. It
// creates a job and returns it at once.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
)

func main() {
	keep := setup.Must(time.ParseDuration(setup.EnvOr("RETENTION", "0")))
	lambda.Start(queryjob.Submit(queryjob.Store(), keep))
}
