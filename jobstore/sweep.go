package jobstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Stuck is an unfinished job that has waited for longer than it should.
type Stuck struct {
	ID     string
	Status Status    // Pending or Processing
	Since  time.Time // pending since then, or the end of the lease
}

// Sweeper is a [JobStore] that can find unfinished jobs. Find a wrapped store's with
// [As].
type Sweeper interface {
	// Stuck yields each job that has been pending since pendingBefore or longer,
	// and each processing job whose lease ended at leaseBefore or earlier, in any
	// order. What it yields may be out of date by a second: a claim decides. It
	// ends after an error. Its memory does not grow with the number of jobs.
	Stuck(ctx context.Context, pendingBefore, leaseBefore time.Time) iter.Seq2[Stuck, error]
}

// SweepOptions are the optional settings of [Sweep].
type SweepOptions struct {
	// PendingFor is how long a job may be pending before it counts as stuck:
	// longer than its trigger ever takes. Default 15 min.
	PendingFor time.Duration

	// Now is the clock. Default [time.Now].
	Now func() time.Time
}

// maxSweepErrors bounds the errors that Sweep keeps.
const maxSweepErrors = 10

// Sweep calls fn for each stuck job: one that is pending for too long, since its
// trigger was lost or its stream mapping gave up, and one that is processing under
// a lease that ran out, since its worker died. fn makes a worker call [Run], which
// claims the job, or settles it when no attempt is left. It does no harm when
// another worker has claimed the job meanwhile. Call Sweep on a schedule.
//
// Sweep returns for how many jobs fn succeeded. It goes on after an error of fn; the
// first ten are joined in the error that Sweep returns. Sweep panics when sweeper or
// fn is nil or an option is out of range.
func Sweep(ctx context.Context, sweeper Sweeper, fn func(context.Context, Stuck) error, opts ...func(*SweepOptions)) (swept int, err error) {
	if sweeper == nil || fn == nil {
		panic("jobstore: Sweep: sweeper or fn is nil")
	}
	o := sweepOptions(opts)
	var failed []error
	now := o.Now()
	for job, err := range sweeper.Stuck(ctx, now.Add(-o.PendingFor), now) {
		if err != nil {
			return swept, errors.Join(append(failed, err)...)
		}
		if err := fn(ctx, job); err == nil {
			swept++
		} else if len(failed) < maxSweepErrors {
			failed = append(failed, &Error{Op: "sweep", ID: job.ID, Err: err})
		}
	}
	return swept, errors.Join(failed...)
}

func sweepOptions(opts []func(*SweepOptions)) SweepOptions {
	o := SweepOptions{PendingFor: 15 * time.Minute, Now: time.Now}
	for _, opt := range opts {
		opt(&o)
	}
	if o.PendingFor < 0 {
		panic(fmt.Sprintf("jobstore: Sweep: SweepOptions.PendingFor is %v, want at least 0", o.PendingFor))
	}
	if o.Now == nil {
		panic("jobstore: Sweep: SweepOptions.Now is nil")
	}
	return o
}
