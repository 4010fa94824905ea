package jobtask

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// SweepError is the error of a scheduled invocation of a [Worker]. It is a
// [jobstore.ErrTooLate] when the time was over before the first job. Lambda retries the
// event, which sweeps again: that does no harm, as a job that was started is not found.
type SweepError struct {
	Swept jobstore.Swept // what was done all the same
	Err   error
}

func (e *SweepError) Error() string {
	return fmt.Sprintf("jobtask: sweep: %d jobs started, %d failed: %v", e.Swept.Started, e.Swept.Failed, e.Err)
}

// Unwrap returns the errors of the sweep.
func (e *SweepError) Unwrap() error { return e.Err }

// sweep returns the counts, for those who invoke the function by hand.
func (w *worker[In, Out]) sweep(ctx context.Context) ([]byte, error) {
	swept, err := jobstore.Sweep(ctx, w.sweeper, w.task.Restart, func(o *jobstore.SweepOptions) {
		o.Logger = w.opts.Logger
		if w.picker != nil && w.opts.MaxJobs > 1 {
			o.MaxUnclaimed = maxUnclaimed
		}
	}, w.opts.Sweep)
	w.opts.OnSweep(ctx, swept)
	if done := swept.Started + swept.Taken + swept.Failed + swept.Left; swept.Early && done == 0 {
		err = fmt.Errorf("%w a single job: raise the function's timeout", jobstore.ErrTooLate)
	}
	if err != nil {
		return nil, &SweepError{Swept: swept, Err: err}
	}
	return json.Marshal(swept)
}

// maxUnclaimed is the default of SweepOptions.MaxUnclaimed where each invocation runs
// other jobs that wait after its own.
const maxUnclaimed = 5

// Restart has the function run a stuck job. Pass it to [jobstore.Sweep] in a scheduled
// invocation of the same function. A [Worker] does so itself.
func (t *Task[In, Out]) Restart(ctx context.Context, job jobstore.Stuck) error {
	return t.task.Invoke(ctx, payload{id: job.ID})
}
