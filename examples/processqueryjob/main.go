// Command processqueryjob does the slow work of each job and writes the outcome. It is two
// Lambda functions. One has the triggers, the stream of the job table and a schedule, and
// starts the other one, which WORK_FUNCTION names. The other one, without that variable,
// does the work.
package main

import (
	"os"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
)

func main() {
	claude := setup.Must(service.NewClaude(setup.Env("CLAUDE_URL")))
	client := lambda.NewFromConfig(setup.Config())
	awslambda.Start(queryjob.Work(client, queryjob.Store(), claude, os.Getenv("WORK_FUNCTION")))
}
