package jobstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// Handler does the slow work of one job. Its result becomes the job's output. After an
// error the job is tried again while attempts remain, unless the error is [Permanent].
//
// The context ends shortly before the invocation does. It ends with the cause
// ErrLeaseLost when another worker took the job, and with ErrCanceled when the job was
// canceled.
type Handler[In, Out any] func(ctx context.Context, job *Job[In, Out]) (Out, error)

// RunOptions are the optional settings of [Run].
type RunOptions struct {
	// Margin is the time kept free before the context's deadline for writing the
	// outcome. With less time left, Run does not start ([ErrTooLate]). Default 2 s.
	Margin time.Duration

	// LeaseGrace is how far a lease may reach past the deadline, since Lambda kills
	// late. Default 10 s.
	LeaseGrace time.Duration

	// Lease is how long a claim lasts. It is renewed each third of that, so a job
	// whose worker died is free again after Lease at most. A claim never outlasts the
	// deadline by more than LeaseGrace, and is not renewed where it lasts until then
	// anyway. Default 2 min.
	Lease time.Duration

	// ReportEvery is the shortest time between two progress writes. Default 1 s.
	ReportEvery time.Duration

	// Worker names the worker, such as a host or a log stream, in the history. It is
	// the prefix of the claim's token.
	Worker string

	// Logger gets a line for each attempt that failed. Default [slog.Default].
	Logger *slog.Logger
}

func runOptions(opts []func(*RunOptions)) RunOptions {
	o := RunOptions{
		Margin:      2 * time.Second,
		LeaseGrace:  10 * time.Second,
		Lease:       2 * time.Minute,
		ReportEvery: time.Second,
		Logger:      slog.Default(),
	}
	for _, opt := range opts {
		opt(&o)
	}
	o.check()
	return o
}

// check panics when an option is out of range.
func (o *RunOptions) check() {
	atLeast := func(name string, d, limit time.Duration) {
		if d < limit {
			panic(fmt.Sprintf("jobstore: Run: RunOptions.%s is %v, want at least %v", name, d, limit))
		}
	}
	atLeast("Margin", o.Margin, 0)
	atLeast("LeaseGrace", o.LeaseGrace, 0)
	atLeast("Lease", o.Lease, time.Second)
	atLeast("ReportEvery", o.ReportEvery, 0)
	if o.Logger == nil {
		panic("jobstore: Run: RunOptions.Logger is nil")
	}
}

// owner is a token for one claim.
func (o *RunOptions) owner() string {
	if o.Worker == "" {
		return NewID()
	}
	return o.Worker + "/" + NewID()
}

// Run claims the job, calls fn and settles the job. Its error tells the trigger what
// to do next:
//
//   - nil: the job is complete, by this call or an earlier one;
//   - [*RetryError]: try again;
//   - [*TerminalError]: the job ended as [Failed], or it does not exist.
//
// A panic of fn counts as an error. Run writes the outcome even when ctx has ended. An
// output that the store cannot hold ends the job as [Failed], since another attempt
// would return it again. Run of a finished job does not call fn.
//
// Run panics when store or fn is nil or an option is out of range.
func Run[In, Out any](ctx context.Context, store JobStore[In, Out], id string, fn Handler[In, Out], opts ...func(*RunOptions)) error {
	if store == nil || fn == nil {
		panic("jobstore: Run: store or fn is nil")
	}
	o := runOptions(opts)
	deadline, bounded := ctx.Deadline()
	if bounded && time.Until(deadline) <= o.Margin {
		return &RetryError{ID: id, Err: ErrTooLate}
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
		return &TerminalError{ID: id, Err: fmt.Errorf("%w: %s", err, job.Error)}
	case errors.Is(err, ErrFinished), errors.Is(err, ErrNotFound), errors.Is(err, ErrInvalid):
		return &TerminalError{ID: id, Err: err}
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
	if !r.lease.fixed {
		defer r.renew(work, cancel).Stop()
	}
	out, err := protect(context.WithValue(work, reporterKey{}, rep), job, fn)
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

// settle writes the outcome of the attempt, even after the invocation's deadline.
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
	o := Outcome[Out]{Status: r.next(fail), Error: rules.Cut(fail.Error(), MaxMessageBytes), Progress: last}
	r.log(ctx, fail, o.Status)
	if err := r.write(ctx, o); err != nil {
		return r.unwritten(errors.Join(err, fail))
	}
	if o.Status == Failed {
		return &TerminalError{ID: r.claim.ID, Err: fail}
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
		return &TerminalError{ID: r.claim.ID, Err: err}
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
