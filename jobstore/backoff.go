package jobstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Exponential returns a back-off for [RunOptions.Backoff]: first after the first
// attempt, twice as much after each further one, and never more than most, or a year. Each
// wait is drawn from three quarters to five quarters of that, so that jobs that failed together
// do not come back together. For one job, such as one whose upstream is slow to
// recover, a handler returns
//
//	return out, jobstore.RetryAfter(err, slow(job.Attempt))
//
// Exponential panics when first is less than a millisecond or most less than first.
func Exponential(first, most time.Duration) func(attempt int) time.Duration {
	switch {
	case first < time.Millisecond:
		panic(fmt.Sprintf("jobstore: Exponential: first is %v, want at least 1ms", first))
	case most < first:
		panic(fmt.Sprintf("jobstore: Exponential: most is %v, want at least first, %v", most, first))
	}
	most = min(most, maxDelay)
	return func(attempt int) time.Duration {
		d := min(first, most)
		for n := 1; n < attempt && d < most; n++ {
			d = min(2*d, most)
		}
		return min(d-d/4+rand.N(d/2), most)
	}
}

// defaultBackoff is that of [RunOptions]. Seven waits are at least 19 minutes together.
// A job that fails for five minutes, in which it has at most five attempts, waits for no
// more than five minutes after them.
var defaultBackoff = Exponential(15*time.Second, 10*time.Minute)

// delay is how long the job waits after an attempt that failed.
func (r *run[In, Out]) delay(ctx context.Context, v verdict) time.Duration {
	if v.again != nil {
		return v.again.delay
	}
	return r.backoff(ctx)
}

// backoff asks the caller's. One that panics is replaced, as the job must be settled.
func (r *run[In, Out]) backoff(ctx context.Context) (d time.Duration) {
	attempt := r.claim.Attempt - r.job.Uncounted
	defer func() {
		if v := recover(); v != nil {
			r.log(ctx, fmt.Errorf("RunOptions.Backoff: %w", &PanicError{Value: v}))
			d = defaultBackoff(attempt)
		}
	}()
	return r.opts.Backoff(attempt)
}

// after is the time d from now, and at least a moment: a job that is due at once is left to
// its trigger, and none comes back for this one.
func (r *run[In, Out]) after(d time.Duration) time.Time {
	return r.opts.Now().Round(0).Add(max(min(d, r.opts.MaxDelay, maxDelay), leastWait))
}
