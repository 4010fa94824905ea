package queryjob

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Process answers the question of each pending job with Claude's help.
func Process(jobs Jobs, claude *service.Claude) *streamproc.Dispatcher {
	return jobstream.New(jobs, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
		jobstore.Report(ctx, 10, "calling Claude")
		answer, err := claude.Query(ctx, job.Input, func(p service.Progress) {
			jobstore.Report(ctx, p.Percent, p.Message)
		})
		return answer, jobstore.Public(err, "Claude did not answer.") // err itself is for operators
	})
}
