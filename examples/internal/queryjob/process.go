package queryjob

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/service"
	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Work answers the question of each pending job with Claude's help. It is the handler of
// a function with the triggers: the table's stream and a schedule. The function called
// work runs the jobs. It is the same program, without a name of another.
func Work(client selfinvoke.Client, jobs Jobs, claude *service.Claude, work string, opts ...func(*jobtask.WorkerOptions)) lambda.Handler {
	opts = append(opts, func(o *jobtask.WorkerOptions) {
		o.Task = func(o *selfinvoke.Options) { o.Function = work }
	})
	return jobtask.Worker("answer", client, jobs, answer(claude), opts...)
}

// Process is Work with the stream as its only trigger: it runs each job in the stream's
// invocation.
func Process(jobs Jobs, claude *service.Claude) *streamproc.Dispatcher {
	return jobstream.New(jobs, answer(claude))
}

func answer(claude *service.Claude) jobstore.Handler[string, string] {
	return func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
		jobstore.Report(ctx, 10, "calling Claude")
		answer, err := claude.Query(ctx, job.Input, func(p service.Progress) {
			jobstore.Report(ctx, p.Percent, p.Message)
			if p.Text != "" {
				_ = jobstore.Partial(ctx, p.Text) // a reader sees it later, with the whole answer
			}
		})
		return answer, verdict(err)
	}
}

// longestWait is for someone who waits for the answer: Claude has no job wait for a day.
const longestWait = time.Hour

// verdict has a job wait for as long as Claude asks for, up to an hour, and not ask again what Claude
// refuses.
func verdict(err error) error {
	err = jobstore.Public(err, "Claude did not answer.") // err itself is for operators
	status := (*outbound.StatusError)(nil)
	switch {
	case !errors.As(err, &status):
		return err
	case status.RetryAfter > 0:
		return jobstore.RetryAfter(err, min(status.RetryAfter, longestWait))
	case status.Code == http.StatusBadRequest:
		return jobstore.Permanent(err)
	}
	return err
}
