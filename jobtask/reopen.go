package jobtask

import (
	"context"
	"errors"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// existing says whether Start has a job run that exists already.
func (t *Task[In, Out]) existing(ctx context.Context, job *jobstore.Job[In, Out], given In) (bool, error) {
	if err := t.compare(ctx, job, given); err != nil {
		return false, err
	}
	if t.retryFailed && job.Status == jobstore.Failed && !job.Canceled {
		return t.reopen(ctx, job.ID)
	}
	return job.Status == jobstore.Pending && job.Attempt == 0, nil
}

// reopen is false for a job that another call has reopened, or that was canceled since.
func (t *Task[In, Out]) reopen(ctx context.Context, id string) (bool, error) {
	_, err := jobstore.Retry(ctx, t.store, id)
	if errors.Is(err, jobstore.ErrUnfinished) || errors.Is(err, jobstore.ErrFinished) {
		return false, nil
	}
	return err == nil, err
}

// checkRetry panics as the named constructor.
func checkRetry[In, Out any](constructor string, store jobstore.JobStore[In, Out], o Options) {
	if _, ok := jobstore.As[jobstore.Retrier[In, Out]](store); o.RetryFailed && !ok {
		panic(fmt.Sprintf("%s: Options.RetryFailed is set, and store %T is not a jobstore.Retrier", constructor, store))
	}
}
