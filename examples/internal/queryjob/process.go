package queryjob

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Process asks Claude the question of each job that the stream announces.
func Process(jobs Jobs, claude *service.Claude) lambda.Handler {
	return streamproc.Jobs(jobs, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
		jobstore.Report(ctx, 10, "calling Claude")
		return claude.Query(ctx, job.Input, func(p service.Progress) {
			jobstore.Report(ctx, p.Percent, p.Message)
		})
	})
}
