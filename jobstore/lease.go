package jobstore

import "time"

// lease says how long the claims of one run last. A claim never lasts longer than a
// grace after the invocation's deadline, since the worker is dead by then.
type lease struct {
	length time.Duration
	last   time.Time // no claim ends later; zero without a deadline
}

func newLease(deadline time.Time, bounded bool, o *RunOptions) lease {
	l := lease{length: o.Lease}
	if bounded {
		l.last = deadline.Add(o.LeaseGrace)
	}
	return l
}

// period is the time between two renewals.
func (l lease) period() time.Duration { return l.length / 3 }

// term is the span of a claim that is made or renewed now.
func (l lease) term(now func() time.Time) term {
	length := l.length
	if !l.last.IsZero() {
		length = min(length, time.Until(l.last))
	}
	start := time.Now()
	return term{start: start, mono: start.Add(length), wall: now().Round(0).Add(length)}
}

// extends reports whether a renewal would last longer than t.
func (l lease) extends(t term) bool { return l.last.IsZero() || t.mono.Before(l.last) }

// term is the span of a lease on two clocks. A frozen environment stops one of them, a
// stepped clock moves the other; the lease ends with the earlier.
type term struct {
	start time.Time // both with a monotonic reading
	mono  time.Time
	wall  time.Time // the end that is stored, without one
}

func (t term) left(now func() time.Time) time.Duration {
	return min(time.Until(t.mono), t.wall.Sub(now().Round(0)))
}
