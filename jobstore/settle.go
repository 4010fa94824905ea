package jobstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// finish settles what fn returned.
func (r *run[In, Out]) finish(ctx context.Context, out Out, err error, last *Progress, lost error) error {
	switch {
	case errors.Is(lost, ErrCanceled):
		return r.canceled(ctx, lost)
	case errors.Is(lost, ErrLeaseLost):
		return r.lostTo(ctx, lost)
	case err != nil:
		return r.fail(ctx, err, last)
	}
	err = r.write(ctx, Outcome[Out]{Status: Complete, Output: out, Progress: last})
	if unstorable(err) {
		return r.fail(ctx, Permanent(Public(err, unstored)), last)
	}
	return r.written(ctx, err)
}

// fail settles a failed attempt.
func (r *run[In, Out]) fail(ctx context.Context, err error, last *Progress) error {
	verdict := judge(err, r.textTime())
	o := Outcome[Out]{
		Error:  rules.Cut(verdict.public, MaxMessageBytes),
		Detail: rules.Cut(verdict.text, MaxMessageBytes), Progress: last,
	}
	o.Status, o.ClaimableFrom = r.next(ctx, verdict)
	if verdict.permanent = o.Status == Failed; verdict.snoozed() {
		o.Uncounted, o.Error, o.Detail = true, "", ""
	}
	r.logAttempt(ctx, verdict, o.Status, o.ClaimableFrom)
	if unwritten := r.written(ctx, r.write(ctx, o)); unwritten != nil {
		return unwritten
	}
	if o.Status == Failed {
		r.observe(ctx, r.job, verdict.err)
		return r.terminal(verdict.err)
	}
	if verdict.snoozed() {
		verdict.err = &Error{Op: "run", ID: r.id, Err: ErrNotDue}
	}
	return r.wait(o.ClaimableFrom, leastWait, verdict.err)
}

// next is the job's status after a failed attempt, and when it is due. A job that would wait
// for longer than it lives has ended: it would be gone without a word. The time is then for
// the log.
func (r *run[In, Out]) next(ctx context.Context, v verdict) (Status, time.Time) {
	if v.permanent || !v.snoozed() && r.claim.Attempt >= r.job.MaxAttempts {
		return Failed, time.Time{}
	}
	due := r.after(r.delay(ctx, v))
	if end := r.job.ExpiresAt; !end.IsZero() && !due.Before(end) {
		return Failed, due
	}
	return Pending, due
}

// wait is the result of a run whose job is pending until due.
func (r *run[In, Out]) wait(due time.Time, least time.Duration, err error) error {
	r.waits, r.due, r.least = true, due, least
	return r.waiting(due, err)
}

// giveBack returns a claim that is too late to work on, or whose lease has nearly
// ended. The attempt does not count.
func (r *run[In, Out]) giveBack(ctx context.Context) error {
	cause := ErrLeaseUnconfirmed
	switch {
	case ctx.Err() != nil:
		cause = context.Cause(ctx)
	case r.late():
		cause = ErrTooLate
	}
	if err := r.write(ctx, Outcome[Out]{Status: Pending, Uncounted: true}); err != nil {
		cause = err
	}
	return cause
}

// settleStuck is how many settles are left behind from which the store, or the output's
// encoder, does not return. Another try would be another one.
const settleStuck = 3

// leastPause is the shortest wait before another try.
const leastPause = 25 * time.Millisecond

// write settles, and tries again until the store has answered or the time is over:
// a settle is fenced and safe to repeat.
func (r *run[In, Out]) write(ctx context.Context, o Outcome[Out]) error {
	ctx, by := context.WithoutCancel(ctx), r.settleBy()
	stuck := 0
	for try := 1; ; try++ {
		err := r.tryWrite(ctx, o, by)
		if isStuck(err) {
			stuck++
		}
		wait := min(jitter(try), time.Until(by)/2) // so that the last tries are near the end
		if err == nil || decided(err) || stuck == settleStuck || wait < leastPause {
			return err
		}
		pause(ctx, wait)
	}
}

// textTime is how long the methods of an error may take: little of the time for the outcome.
func (r *run[In, Out]) textTime() time.Duration {
	return min(textTime, time.Until(r.settleBy())/4)
}

// settleBy is the end of the time for the outcome: before the deadline, and no more than a
// lease; for a handler that has overstayed the deadline, a moment from now.
func (r *run[In, Out]) settleBy() time.Time {
	left := r.opts.Lease
	if r.bounded {
		left = min(left, time.Until(r.end()))
	}
	if left <= 0 {
		left = r.opts.Margin + r.opts.LeaseGrace
	}
	return time.Now().Add(left)
}

// tryWrite settles once. A panic is the encoder's, of an output that no attempt could
// store.
func (r *run[In, Out]) tryWrite(ctx context.Context, o Outcome[Out], by time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, min(r.opts.CallTimeout, time.Until(by)))
	defer cancel()
	_, err := ask(ctx, "settle", r.id, func(ctx context.Context) (none, error) {
		return none{}, r.store.Settle(ctx, r.claim, o)
	})
	if p := panicked(err); p != nil {
		return &Error{Op: "settle", ID: r.id, Err: fmt.Errorf("%w: the outcome does not encode: %w", ErrInvalid, p)}
	}
	return err
}

// decided is true of a refusal that repeating does not change.
func decided(err error) bool {
	return errors.Is(err, ErrLeaseLost) || errors.Is(err, ErrNotFound) || unstorable(err)
}

// unstorable is true of an outcome that no attempt could ever store.
func unstorable(err error) bool { return errors.Is(err, ErrTooLarge) || errors.Is(err, ErrInvalid) }

// written translates the answer to a settle for the trigger.
func (r *run[In, Out]) written(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrCanceled):
		return r.canceled(ctx, err)
	case errors.Is(err, ErrLeaseLost):
		return r.lostTo(ctx, err)
	}
	r.log(ctx, err)
	return r.retry(time.Time{}, err)
}

// canceled ends a run whose job was canceled meanwhile.
func (r *run[In, Out]) canceled(ctx context.Context, err error) error {
	r.opts.info(ctx, "jobstore: job canceled", "job", r.id)
	return r.terminal(err)
}

// lostTo ends a run whose job another worker has taken.
func (r *run[In, Out]) lostTo(ctx context.Context, err error) error {
	r.log(ctx, err)
	return r.waiting(time.Time{}, err)
}

// waiting is a retry of a job that a sweep starts too.
func (r *run[In, Out]) waiting(after time.Time, err error) error {
	return &RetryError{ID: r.id, After: after, Err: err, Waits: true}
}

func (r *run[In, Out]) retry(after time.Time, err error) error {
	return &RetryError{ID: r.id, After: after, Err: err}
}

func (r *run[In, Out]) terminal(err error) error { return &TerminalError{ID: r.id, Err: err} }
