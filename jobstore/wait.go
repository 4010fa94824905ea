package jobstore

import (
	"context"
	"time"
)

const (
	leastWait = time.Second           // before a job that this call has returned is claimed again
	tick      = 10 * time.Millisecond // before one that was not due by another clock
)

// waiting is what one call of Run may still spend on waiting for its job.
type waiting struct {
	left time.Duration // of RunOptions.MaxWait
	rest time.Duration // that must be left for the handler then; half of what the call began with
}

func newWaiting(ctx context.Context, o *RunOptions) waiting {
	w := waiting{left: o.MaxWait}
	if deadline, ok := ctx.Deadline(); ok {
		w.rest = (time.Until(deadline) - o.Margin) / 2
	}
	return w
}

// wait waits for a job that is due soon, in place. It reports whether it is due then.
// The job is pending meanwhile: a worker that dies in the wait leaves a job that
// another may claim, and that the sweep finds.
func (w *waiting) wait(ctx context.Context, until time.Time, o *RunOptions, least time.Duration) bool {
	d := max(until.Sub(o.Now()), least)
	if max(d, leastWait) > w.left {
		return false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline)-o.Margin-d < w.rest {
		return false
	}
	w.left -= max(d, leastWait)
	return pause(ctx, d)
}
