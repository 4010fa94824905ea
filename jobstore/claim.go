package jobstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// claimTries is how often a claim is sent whose answer does not arrive.
const claimTries = 3

// claimJob claims the job. A claim without an answer may be stored all the same, so it
// is sent again under the same token: either the job is this run's, or no one waits
// for a lease that no worker has. After ctx has ended one try remains, for the same
// reason; a claim that turns out to be stored is then given back.
func (r *run[In, Out]) claimJob(ctx context.Context) (*Job[In, Out], term, error) {
	if r.opts.Redelivered && !lags(r.store) {
		if job, err := r.look(ctx); err != nil {
			return job, term{}, err
		}
	}
	t := r.lease.of(r.opts.Size).term(r.opts.Now())
	job, err := r.claimFor(ctx, t, Lease{Owner: r.opts.owner(), Until: t.wall})
	if job != nil {
		r.job, r.claim = job, job.Claim()
		r.opts.Size = max(r.opts.Size, job.Size) // for a claim after a wait
	}
	if err == nil && (ctx.Err() != nil || r.late() || r.lapsing(t)) {
		return nil, t, r.giveBack(ctx)
	}
	return job, t, err
}

// claimFor sends the claim until it is answered, and not again when its lease is nearly
// over. The margin before the deadline is left for the last try.
func (r *run[In, Out]) claimFor(ctx context.Context, t term, l Lease) (job *Job[In, Out], err error) {
	end := r.deadline.Add(-r.opts.Margin)
	for try := 1; ; try++ {
		job, err = r.tryClaim(ctx, l, end)
		if err == nil || answered(err) || try >= claimTries {
			return job, err
		}
		if !pause(ctx, jitter(try)) || r.late() {
			try, ctx, end = claimTries-1, context.WithoutCancel(ctx), r.end()
		}
		if r.lapsing(t) {
			return nil, err
		}
	}
}

// lapsing is true of a lease under which no handler may start, as after a freeze.
func (r *run[In, Out]) lapsing(t term) bool { return t.left(r.opts.Now()) <= r.opts.LeaseGrace }

// lags is true of a store whose Get may show a state that has passed. It says so in a
// method ReadsLag. A job that such a read shows as finished may have been reopened since,
// so only the claim is certain.
func lags[In, Out any](store JobStore[In, Out]) bool {
	s, ok := As[interface{ ReadsLag() bool }](store)
	return ok && s.ReadsLag()
}

// look reads the job, and returns what a claim of it would if it is finished.
func (r *run[In, Out]) look(ctx context.Context) (*Job[In, Out], error) {
	limited, cancel := r.limit(ctx, r.deadline.Add(-r.opts.Margin))
	defer cancel()
	job, err := ask(limited, "get", r.id, func(ctx context.Context) (*Job[In, Out], error) {
		return r.store.Get(ctx, r.id)
	})
	switch {
	case err == nil && job.Status.Finished():
		return job, &Error{Op: "claim", ID: r.id, Err: ErrFinished}
	case err == nil:
		r.opts.Size = max(r.opts.Size, job.Size)
	case err != nil && !errors.Is(err, ErrNotFound):
		r.log(ctx, err) // such as a denied read; the claim decides
	}
	return nil, nil
}

func (r *run[In, Out]) tryClaim(ctx context.Context, l Lease, end time.Time) (*Job[In, Out], error) {
	ctx, cancel := r.limit(ctx, end)
	defer cancel()
	return ask(ctx, "claim", r.id, func(ctx context.Context) (*Job[In, Out], error) {
		return r.store.Claim(ctx, r.id, l)
	})
}

// answered is true of a store's own refusal, after which nothing is in doubt.
func answered(err error) bool {
	for _, known := range []error{ErrNotFound, ErrFinished, ErrLeased, ErrNotDue, ErrInvalid, ErrDecode} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// unclaimed translates a failed claim for the trigger.
func (r *run[In, Out]) unclaimed(ctx context.Context, job *Job[In, Out], err error) error {
	switch {
	case errors.Is(err, ErrDecode) && job != nil: // the claim is this run's
		return r.fail(ctx, Permanent(Public(err, unreadable)), nil)
	case errors.Is(err, ErrAbandoned) && job != nil:
		r.observe(ctx, job, err)
		return r.terminal(fmt.Errorf("%w: %s", err, job.Error))
	case errors.Is(err, ErrFinished) && job != nil && job.Status == Complete:
		return nil
	case errors.Is(err, ErrFinished) && job != nil:
		return r.terminal(fmt.Errorf("%w: %s", err, job.Error))
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrInvalid), errors.Is(err, ErrFinished), errors.Is(err, ErrDecode):
		r.log(ctx, err)
		return r.terminal(err)
	case errors.Is(err, ErrLeased) && job != nil:
		return r.wait(job.LeaseUntil, tick, err)
	case errors.Is(err, ErrNotDue) && job != nil:
		return r.wait(job.ClaimableFrom, tick, err)
	}
	return r.retry(time.Time{}, err)
}

// pause waits, and reports whether ctx let it.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// jitter is the wait before try n+1: up to 50 ms after the first, twice as much after
// each further one, and at most 2 s.
func jitter(n int) time.Duration {
	most := min(50*time.Millisecond<<min(n-1, 10), 2*time.Second)
	return most/2 + rand.N(most/2)
}
