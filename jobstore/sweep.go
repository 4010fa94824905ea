package jobstore

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// Stuck is an unfinished job that has waited for longer than it should.
type Stuck struct {
	ID     string
	Status Status    // Pending or Processing
	Since  time.Time // when a sweep was to look at it
}

// Sweeper is a [JobStore] that can find unfinished jobs. Find a wrapped store's with
// [As].
type Sweeper interface {
	// Stuck yields, in any order, each pending job that was due longer ago than its
	// trigger ever takes (the store's option PickUp), and each processing job whose
	// lease has ended, as of now. What it yields may be out of date by a second: a
	// claim decides. It ends after an error. Its memory does not grow with the number
	// of jobs.
	Stuck(ctx context.Context, now time.Time) iter.Seq2[Stuck, error]
}

// SweepOptions are the optional settings of [Sweep].
type SweepOptions struct {
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
	if sweeper == nil {
		panic("jobstore: Sweep: sweeper is nil")
	}
	if fn == nil {
		panic("jobstore: Sweep: fn is nil")
	}
	o := sweepOptions(opts)
	var failed []error
	for job, err := range sweeper.Stuck(ctx, o.Now()) {
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
	o := SweepOptions{Now: time.Now}
	option.Apply("jobstore: Sweep", &o, opts)
	if o.Now == nil {
		panic("jobstore: Sweep: SweepOptions.Now is nil")
	}
	return o
}
