package jobstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// Handler does the slow work of one job. What it returns becomes the job's
// output; an error has the job tried again while attempts remain, unless it is
// [Permanent]. Its context ends when the invocation is about to, and with the
// cause ErrLeaseLost when the claim was lost, ErrCanceled when that was because
// somebody cancelled the job.
type Handler[In, Out any] func(ctx context.Context, job *Job[In, Out]) (Out, error)

// RunOptions are the optional settings of [Run].
type RunOptions struct {
	// Margin is kept free before the context's deadline, so that the outcome
	// can still be written. Run does not start with less. Default 2 s.
	Margin time.Duration

	// LeaseGrace is how far the lease reaches past the deadline, since Lambda
	// kills late. Default 10 s.
	LeaseGrace time.Duration

	// MaxLease is the longest lease that is taken without renewal. Default
	// 16 min, which covers any ordinary Lambda function; 0 always renews.
	MaxLease time.Duration

	// RenewedLease is the length of a lease where there is no deadline, or one
	// further away than MaxLease; it is renewed each third of it. Default 1 min.
	RenewedLease time.Duration

	// ReportEvery is the shortest time between two progress writes. Default 1 s.
	ReportEvery time.Duration

	// Worker names who runs the job, such as a host or a log stream, for the
	// history. It stands before the token of the claim.
	Worker string

	// Logger gets one line for each attempt that failed. Default [slog.Default].
	Logger *slog.Logger
}

func runOptions(opts []func(*RunOptions)) RunOptions {
	o := RunOptions{
		Margin:       2 * time.Second,
		LeaseGrace:   10 * time.Second,
		MaxLease:     16 * time.Minute,
		RenewedLease: time.Minute,
		ReportEvery:  time.Second,
		Logger:       slog.Default(),
	}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// owner is a token for one claim.
func (o *RunOptions) owner() string {
	if o.Worker == "" {
		return NewID()
	}
	return o.Worker + "/" + NewID()
}

// Run claims the job, runs fn and settles the job. What it returns tells the
// trigger what to do next:
//
//   - nil: the job is complete, by this call or by an earlier one;
//   - [*RetryError]: come again, nothing is lost;
//   - [*FinishedError]: the job ended as [Failed] or does not exist.
//
// A panic of fn counts as an error. The outcome is written even when ctx has
// ended by then. An output that the store cannot hold ends the job as [Failed],
// since another attempt would make it again. Calling Run for a job that is
// finished runs nothing.
func Run[In, Out any](ctx context.Context, store JobStore[In, Out], id string, fn Handler[In, Out], opts ...func(*RunOptions)) error {
	if fn == nil {
		return &FinishedError{ID: id, Err: invalid("handler is nil")}
	}
	o := runOptions(opts)
	deadline, bounded := ctx.Deadline()
	if bounded && time.Until(deadline) <= o.Margin {
		return &RetryError{ID: id, Err: errors.New("too little time is left to start")}
	}
	lease := newLease(deadline, bounded, o)
	job, err := store.Claim(ctx, id, Lease{Owner: o.owner(), Until: lease.end()})
	if err != nil && !errors.Is(err, ErrDecode) {
		return unclaimed(id, job, err)
	}
	r := &run[In, Out]{store: store, claim: job.Claim(), maxAttempts: job.MaxAttempts, lease: lease, opts: o}
	if err != nil {
		return r.settle(ctx, *new(Out), Permanent(err), nil)
	}
	return r.do(ctx, job, fn)
}

// unclaimed translates a failed claim for the trigger.
func unclaimed[In, Out any](id string, job *Job[In, Out], err error) error {
	switch {
	case errors.Is(err, ErrFinished) && job != nil && job.Status == Complete:
		return nil
	case errors.Is(err, ErrFinished) && job != nil:
		return &FinishedError{ID: id, Err: fmt.Errorf("%w: %s", err, job.Error)}
	case errors.Is(err, ErrFinished), errors.Is(err, ErrNotFound), errors.Is(err, ErrInvalid):
		return &FinishedError{ID: id, Err: err}
	case errors.Is(err, ErrLeased) && job != nil:
		return &RetryError{ID: id, After: job.LeaseUntil, Err: err}
	default:
		return &RetryError{ID: id, Err: err}
	}
}

// run is one attempt at one job.
type run[In, Out any] struct {
	store       JobStore[In, Out]
	claim       Claim
	maxAttempts int
	lease       lease
	opts        RunOptions
}

func (r *run[In, Out]) do(ctx context.Context, job *Job[In, Out], fn Handler[In, Out]) error {
	work, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if deadline, ok := ctx.Deadline(); ok {
		var stop context.CancelFunc
		work, stop = context.WithDeadline(work, deadline.Add(-r.opts.Margin))
		defer stop()
	}
	rep := newReporter(ctx, r.opts.ReportEvery, cancel, r.report)
	stopRenewal := r.renew(ctx, cancel)
	out, err := protect(context.WithValue(work, reporterKey{}, rep), job, fn)
	stopRenewal()
	last := rep.close()
	if cause := context.Cause(work); errors.Is(cause, ErrLeaseLost) {
		r.log(ctx, cause, "")
		return r.unwritten(errors.Join(cause, err))
	}
	return r.settle(ctx, out, err, last)
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

func (r *run[In, Out]) report(ctx context.Context, p *Progress) error {
	return r.store.Report(ctx, r.claim, p, r.lease.renewed())
}

// settle writes the outcome of the attempt, after the invocation's end if need be.
func (r *run[In, Out]) settle(ctx context.Context, out Out, fail error, last *Progress) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.opts.Margin+r.opts.LeaseGrace)
	defer cancel()
	if fail == nil {
		err := r.write(ctx, Outcome[Out]{Status: Complete, Output: out, Progress: last})
		if !unstorable(err) {
			return r.unwritten(err)
		}
		fail = Permanent(err)
	}
	o := Outcome[Out]{Status: r.next(fail), Error: cut(fail.Error(), MaxMessageBytes), Progress: last}
	r.log(ctx, fail, o.Status)
	if err := r.write(ctx, o); err != nil {
		return r.unwritten(errors.Join(err, fail))
	}
	if o.Status == Failed {
		return &FinishedError{ID: r.claim.ID, Err: fail}
	}
	return &RetryError{ID: r.claim.ID, Err: fail}
}

func (r *run[In, Out]) write(ctx context.Context, o Outcome[Out]) error {
	return r.store.Settle(ctx, r.claim, o)
}

// unwritten translates a settle that failed for the trigger.
func (r *run[In, Out]) unwritten(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrCanceled):
		return &FinishedError{ID: r.claim.ID, Err: err}
	default:
		return &RetryError{ID: r.claim.ID, Err: err}
	}
}

// unstorable is true of an output that no attempt could ever store.
func unstorable(err error) bool { return errors.Is(err, ErrTooLarge) || errors.Is(err, ErrInvalid) }

// next is the state a job goes to after a failed attempt.
func (r *run[In, Out]) next(fail error) Status {
	var permanent *permanentError
	if errors.As(fail, &permanent) || r.claim.Attempt >= r.maxAttempts {
		return Failed
	}
	return Pending
}

func (r *run[In, Out]) log(ctx context.Context, fail error, next Status) {
	attrs := []any{"job", r.claim.ID, "attempt", r.claim.Attempt, "next", string(next), "error", fail}
	var p *PanicError
	if errors.As(fail, &p) {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	r.opts.Logger.ErrorContext(ctx, "jobstore: attempt failed", attrs...)
}
