package jobstore

import (
	"context"
	"errors"
	"math"
	"time"
)

// lease decides when a claim ends. A claim lasts for RunOptions.Lease and is renewed
// while the work runs, but never beyond a grace after the invocation's deadline, since
// the worker is dead by then. A claim that already lasts until then is not renewed.
type lease struct {
	length time.Duration
	last   time.Time // no claim ends later; zero without a deadline
	fixed  bool      // the claim ends at last, and is not renewed
}

func newLease(deadline time.Time, bounded bool, o RunOptions) lease {
	l := lease{length: o.Lease}
	if bounded {
		l.last = deadline.Add(o.LeaseGrace)
		l.fixed = time.Until(l.last) <= l.length
	}
	return l
}

// end is when a claim ends that is made or renewed now.
func (l lease) end() time.Time {
	end := time.Now().Add(l.length)
	if l.fixed || !l.last.IsZero() && end.After(l.last) {
		return l.last
	}
	return end
}

// renewed is the new end that a report writes: none for a fixed lease.
func (l lease) renewed() time.Time {
	if l.fixed {
		return time.Time{}
	}
	return l.end()
}

// renew extends the lease each third of it until ctx ends or the returned timer is
// stopped, and ends the work when the lease is lost.
func (r *run[In, Out]) renew(ctx context.Context, lost context.CancelCauseFunc) *time.Timer {
	const never = math.MaxInt64
	var timer *time.Timer
	timer = time.AfterFunc(never, func() {
		if ctx.Err() != nil {
			return
		}
		if err := r.report(ctx, nil); errors.Is(err, ErrLeaseLost) {
			lost(err)
			return
		}
		timer.Reset(r.lease.length / 3)
	})
	timer.Reset(r.lease.length / 3) // not before timer is set
	return timer
}
