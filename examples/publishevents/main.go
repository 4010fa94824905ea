// Command publishevents is a Lambda function on the stream of the job table. It publishes
// each change of a job, with progress and partial output, to the subscribers of an AppSync
// Event API.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
)

func main() {
	lambda.Start(setup.Must(jobevents.New[string](setup.Env("EVENTS_ENDPOINT"), jobevents.IAM(setup.Config()), func(o *jobevents.Options) {
		o.Channel = jobevents.ByCaller
	})))
}
