// Command submitquery is the Lambda function behind the submitQuery mutation. It
// creates a job and returns it at once.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
)

func main() {
	lambda.Start(queryjob.Submit(queryjob.Store()))
}
