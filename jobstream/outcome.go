package jobstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// StartError is the error for the record of a job that starts later than in a lease. [New]
// keeps a record until its job ends, so that the job would hold up its shard until then.
// jobtask.Worker has a sweep that starts such a job.
type StartError struct {
	ID string
	At time.Time
}

func (e *StartError) Error() string {
	return fmt.Sprintf("jobstream: job %.128q starts only at %s, and holds up its shard until then: use jobtask.Worker, whose sweep starts it", e.ID, e.At.UTC().Format(time.RFC3339))
}

// outcome is what Lambda is told of an error of Run.
func outcome(ctx context.Context, id string, err error, o *jobstore.RunOptions) error {
	retry, ok := err.(*jobstore.RetryError)
	switch {
	case !ok:
		return jobstore.IgnoreTerminal(err)
	case retry.Err == jobstore.ErrTooLate:
		return tooLate(ctx, o.Margin)
	case waits(id, retry.Err, jobstore.ErrNotDue) && retry.After.Sub(o.Now()) > o.Lease:
		return &StartError{ID: id, At: retry.After}
	case waits(id, retry.Err, jobstore.ErrNotDue), waits(id, retry.Err, jobstore.ErrLeased):
		return &notStarted{err}
	}
	return err
}

// tooLate says whether a function whose timeout is longer would have started the job.
func tooLate(ctx context.Context, margin time.Duration) error {
	deadline, _ := ctx.Deadline()
	return &streamproc.TimeoutError{Left: time.Until(deadline), Need: margin}
}

// waits is true of an error of Run itself: what a handler returns may be of another job.
func waits(id string, err, reason error) bool {
	e, ok := err.(*jobstore.Error)
	return ok && e.ID == id && errors.Is(e, reason)
}

// notStarted is a streamproc.ErrNotStarted that says why.
type notStarted struct{ error }

func (e *notStarted) Unwrap() error        { return e.error }
func (e *notStarted) Is(target error) bool { return target == streamproc.ErrNotStarted }
