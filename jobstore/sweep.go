package jobstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Stranded is an unfinished job that has waited for longer than it should.
type Stranded struct {
	ID     string
	Status Status    // Pending or Processing
	Since  time.Time // pending since then, or the end of the lease
}

// Sweeper is a [JobStore] that can find unfinished jobs.
type Sweeper interface {
	// Stranded yields each job that has been pending since pendingBefore or
	// longer, and each processing job whose lease ended at leaseBefore or
	// earlier, in any order. What it yields may be out of date by a second: a
	// claim decides. After an error it ends. Memory does not grow with the
	// number of jobs.
	Stranded(ctx context.Context, pendingBefore, leaseBefore time.Time) iter.Seq2[Stranded, error]
}

// SweepOptions are the optional settings of [Sweep].
type SweepOptions struct {
	// PendingFor is how long a job may be pending before it counts as
	// stranded: longer than its trigger ever takes. Default 15 min.
	PendingFor time.Duration

	// Now is the clock. Default [time.Now].
	Now func() time.Time
}

// maxSweepErrors bounds the errors that Sweep keeps.
const maxSweepErrors = 10

// Sweep hands to fn each job that no trigger will come back for: pending for too
// long (its trigger was lost, or its stream mapping gave up), or processing under
// a lease that ran out (its worker died). fn makes a worker call [Run], which
// claims the job, or settles it when no attempt is left; a job that somebody
// else has taken meanwhile does no harm. Call Sweep on a schedule.
//
// It returns how many jobs fn took. A job that fn fails for stops no other; the
// first ten such errors are joined in what Sweep returns. It fails with
// [errors.ErrUnsupported] when the store is no [Sweeper].
func Sweep[In, Out any](ctx context.Context, store JobStore[In, Out], fn func(context.Context, Stranded) error, opts ...func(*SweepOptions)) (taken int, err error) {
	o := SweepOptions{PendingFor: 15 * time.Minute, Now: time.Now}
	for _, opt := range opts {
		opt(&o)
	}
	s, ok := store.(Sweeper)
	if !ok {
		return 0, &Error{Op: "sweep", Err: fmt.Errorf("%w by %T", errors.ErrUnsupported, store)}
	}
	if fn == nil {
		return 0, &Error{Op: "sweep", Err: invalid("callback is nil")}
	}
	var failed []error
	now := o.Now()
	for job, err := range s.Stranded(ctx, now.Add(-o.PendingFor), now) {
		if err != nil {
			return taken, errors.Join(append(failed, err)...)
		}
		if err := fn(ctx, job); err == nil {
			taken++
		} else if len(failed) < maxSweepErrors {
			failed = append(failed, &Error{Op: "sweep", ID: job.ID, Err: err})
		}
	}
	return taken, errors.Join(failed...)
}
