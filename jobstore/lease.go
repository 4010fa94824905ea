package jobstore

import "time"

// lease says how long the claims of one run last. A claim never lasts longer than a
// grace after the invocation's deadline, since the worker is dead by then.
type lease struct {
	length time.Duration
	period time.Duration // between two renewals
	spare  time.Duration // that a claim may last longer, to save its last renewal
	last   time.Time     // no claim ends later; zero without a deadline
}

func newLease(deadline time.Time, bounded bool, o *RunOptions) lease {
	l := lease{length: o.Lease, period: o.Lease / 3}
	if bounded {
		l.last = deadline.Add(o.LeaseGrace)
	}
	return l
}

// perUnit is the work that pays for one write unit of a renewal. A unit costs as much as
// a fifth of a second of 256 MB on arm64: renewals that are two seconds apart for each
// of their units take less than a tenth of what the function costs.
//
// Source: docs/costs.md (us-east-1, November 2026)
const perUnit = 2 * time.Second

// of is l for a record of this size: the larger it is, the less often is it renewed, and
// the longer does a claim last. DynamoDB bills each write by the whole record, in units
// of 1 KB, and two more for the move in the index.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
func (l lease) of(size int) lease {
	if period := time.Duration(units(min(size, mostBytes))+2) * perUnit; period > l.period {
		l.length += period - l.period
		l.period, l.spare = period, period*2/3
	}
	return l
}

// mostBytes is the largest item of DynamoDB. An event may claim to be of a larger one.
const mostBytes = 400 << 10

// units are the write units of a record of this size.
func units(size int) int { return (size + 1023) / 1024 }

// renewAfter is how long after its start a term is renewed. The claim of a large record,
// whose size is not known before, is shorter than those that follow: it is renewed when
// half of it is over.
func (l lease) renewAfter(t term) time.Duration {
	length, slack := t.mono.Sub(t.start), l.length-l.period
	return min(l.period, max(length-slack, length/2))
}

// term is the span of a claim that is made or renewed now, at wall by the other clock.
func (l lease) term(wall time.Time) term {
	length := l.length
	if left := time.Until(l.last); !l.last.IsZero() && left < length+l.spare {
		length = left
	}
	start := time.Now()
	return term{start: start, mono: start.Add(length), wall: wall.Round(0).Add(length)}
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

func (t term) left(wall time.Time) time.Duration {
	return min(time.Until(t.mono), t.wall.Sub(wall.Round(0)))
}
