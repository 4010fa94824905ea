package jobstore

import (
	"context"
	"runtime/debug"
	"time"
)

// Handler does the slow work of one job. What it returns becomes the job's output;
// after an error the job waits for the back-off and is tried again while attempts
// remain, unless the error is [Permanent]. [RetryAfter] and [Snooze] choose the wait. A job
// whose wait would not end before its ExpiresAt ends as failed.
//
// Its context ends a margin before the invocation's deadline. It ends earlier with
// the cause [ErrLeaseLost] when another worker has taken the job, [ErrCanceled] when
// the job was canceled, and [ErrLeaseUnconfirmed] when the store did not answer for
// most of a lease.
type Handler[In, Out any] func(ctx context.Context, job *Job[In, Out]) (Out, error)

// Run claims the job, runs fn and settles the job. The type of what it returns, not
// of what that wraps, tells the trigger what to do next:
//
//   - nil: the job is complete, by this call or by an earlier one
//   - [*RetryError]: try again, not before its After; nothing is lost. A job that is
//     due later is found by [Sweep] then, so a trigger need not keep it
//   - [*TerminalError]: the job ended as [Failed] or was canceled, its record is
//     malformed, or the job does not exist
//
// fn's error is a failed attempt whatever it wraps: the error of a nested Run, or
// another job's [Permanent], says nothing about this job. So is a panic of fn and a
// call of [runtime.Goexit], which Run lets go on once the attempt is settled. An
// output that the store cannot hold or encode ends the job as [Failed], since another
// attempt would make it again.
//
// A job that is due within [RunOptions.MaxWait], or whose worker's lease ends within it, is
// waited for, claimed and run by the same call.
//
// Run writes the outcome even when ctx has ended, and tries again while there is
// time. Run for a finished job runs nothing. Run panics when store or fn is nil or an
// option is out of range.
func Run[In, Out any](ctx context.Context, store JobStore[In, Out], id string, fn Handler[In, Out], opts ...func(*RunOptions)) error {
	if store == nil {
		panic("jobstore: Run: store is nil")
	}
	if fn == nil {
		panic("jobstore: Run: fn is nil")
	}
	o := runOptions(opts)
	for left := newWaiting(ctx, &o); ; o.Redelivered = false {
		r := newRun(ctx, store, id, o)
		err := r.run(ctx, fn)
		o.Size = r.opts.Size
		if !r.waits || !left.wait(ctx, r.due, &o, r.least) {
			return err
		}
	}
}

// run claims the job and makes one attempt at it.
func (r *run[In, Out]) run(ctx context.Context, fn Handler[In, Out]) error {
	if r.late() {
		return r.retry(time.Time{}, ErrTooLate)
	}
	job, term, err := r.claimJob(ctx)
	if err != nil {
		return r.unclaimed(ctx, job, err)
	}
	return r.attempt(ctx, job, term, fn)
}

// run is one attempt at one job.
type run[In, Out any] struct {
	store    JobStore[In, Out]
	id       string
	opts     RunOptions
	deadline time.Time
	bounded  bool // there is a deadline
	lease    lease

	job   *Job[In, Out] // as claimed
	claim Claim

	waits bool      // the job is pending, and due at the time due, zero for at once
	due   time.Time // see [waiting]
	least time.Duration
}

func newRun[In, Out any](ctx context.Context, store JobStore[In, Out], id string, o RunOptions) *run[In, Out] {
	r := &run[In, Out]{store: store, id: id, opts: o}
	r.deadline, r.bounded = ctx.Deadline()
	r.lease = newLease(r.deadline, r.bounded, &r.opts)
	return r
}

// late is true when a handler would be stopped before it could start.
func (r *run[In, Out]) late() bool { return r.bounded && time.Until(r.deadline) <= r.opts.Margin }

// end is when the last request ends: so long before the deadline that Run returns in time
// for the trigger to say how it went.
func (r *run[In, Out]) end() time.Time {
	return r.deadline.Add(-min(r.opts.Margin, max(time.Until(r.deadline), 0)) / 4)
}

// limit ends the context of a request, by end if there is a deadline.
func (r *run[In, Out]) limit(ctx context.Context, end time.Time) (context.Context, context.CancelFunc) {
	limit := r.opts.CallTimeout
	if r.bounded {
		limit = min(limit, time.Until(end))
	}
	return context.WithTimeout(ctx, limit)
}

// attempt runs fn for the claimed job and settles the outcome.
func (r *run[In, Out]) attempt(ctx context.Context, job *Job[In, Out], t term, fn Handler[In, Out]) error {
	work, cancel := r.workContext(ctx)
	defer cancel(nil)
	hold := newHold(ctx, &r.opts, r.claim, r.lease, t, cancel, r)
	settled := false
	defer func() {
		if !settled { // fn, or a method of what it returned, has called runtime.Goexit
			last, _ := hold.close()
			_ = r.fail(ctx, errGoexit, last)
		}
	}()
	out, err := protect(context.WithValue(work, holdKey{}, hold), job, fn)
	last, lost := hold.close()
	result := r.finish(ctx, out, err, last, lost)
	settled = true
	return result
}

// beat implements [heldClaim].
func (r *run[In, Out]) beat(ctx context.Context, h Heartbeat) error {
	_, err := ask(ctx, "report", r.id, func(ctx context.Context) (none, error) {
		return none{}, r.store.Report(ctx, r.claim, h)
	})
	return err
}

// workContext ends a margin before the deadline.
func (r *run[In, Out]) workContext(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	work, cancel := context.WithCancelCause(ctx)
	if !r.bounded {
		return work, cancel
	}
	work, stop := context.WithDeadline(work, r.deadline.Add(-r.opts.Margin))
	return work, func(cause error) { cancel(cause); stop() }
}

// protect runs fn and turns its panic into an error.
func protect[In, Out any](ctx context.Context, job *Job[In, Out], fn Handler[In, Out]) (out Out, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return fn(ctx, job)
}
