package jobstore

import (
	"context"
	"errors"
	"sync"
	"time"
)

// lease decides when a claim ends. With a deadline it ends a grace after it and
// is never renewed: the worker is dead by then. Without one, or with one beyond
// the cap, it is short and renewed while the work runs.
type lease struct {
	until time.Time     // fixed end; zero when renewed
	each  time.Duration // length when renewed
}

func newLease(deadline time.Time, bounded bool, o RunOptions) lease {
	end := deadline.Add(o.LeaseGrace)
	if bounded && time.Until(end) <= o.MaxLease {
		return lease{until: end}
	}
	return lease{each: o.RenewedLease}
}

func (l lease) end() time.Time {
	if l.until.IsZero() {
		return time.Now().Add(l.each)
	}
	return l.until
}

// renewed is the new end that a report writes: none for a fixed lease.
func (l lease) renewed() time.Time {
	if l.until.IsZero() {
		return l.end()
	}
	return time.Time{}
}

// renew extends the lease each third of it until the returned function is
// called, and ends the work when the lease is lost.
func (r *run[In, Out]) renew(ctx context.Context, lost context.CancelCauseFunc) (stop func()) {
	if !r.lease.until.IsZero() {
		return func() {}
	}
	return r.startRenewal(ctx, lost)
}

func (r *run[In, Out]) startRenewal(ctx context.Context, lost context.CancelCauseFunc) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { r.renewLoop(ctx, lost) })
	return func() { cancel(); done.Wait() }
}

func (r *run[In, Out]) renewLoop(ctx context.Context, lost context.CancelCauseFunc) {
	tick := time.NewTicker(r.lease.each / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.report(ctx, nil); errors.Is(err, ErrLeaseLost) {
			lost(err)
			return
		}
	}
}
