// Command process-query-job answers the question of each pending job. Its triggers are
// the stream of the jobs' table, itself, and a schedule.
package main

import (
	"context"
	"log"
	"os"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	jobs, err := appsyncstore.New[string, string](os.Getenv("APPSYNC_URL"), "QueryJob", appsyncstore.IAM(cfg), func(o *appsyncstore.Options) {
		o.Select = []string{"owner"} // Amplify filters subscriptions by it
	})
	if err != nil {
		log.Fatal(err)
	}
	model, err := newClaude(os.Getenv("CLAUDE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	awslambda.Start(jobtask.Worker("answer", lambda.NewFromConfig(cfg), jobs, model.answer))
}

func (c *claude) answer(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
	jobstore.Report(ctx, 10, "calling Claude")
	answer, err := c.ask(ctx, job.Input)
	return answer, jobstore.Public(err, "Claude did not answer.") // err itself is for operators
}
