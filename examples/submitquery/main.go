// Command submitquery is the Lambda function behind the submitQuery mutation: it
// creates the job and returns its ID at once.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
)

func main() {
	lambda.Start(queryjob.Submit(queryjob.Store()))
}
