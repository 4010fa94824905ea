package driver

import (
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Due says when a job that becomes pending now may be claimed, and when a sweep looks at
// it. The trigger of a job that is due at once has the time pickUp. No trigger comes back
// for a job that is due later, so the sweep starts it.
type Due struct {
	ClaimableFrom time.Time // zero for a new job without a start in the future
	SweepAt       time.Time
}

// Created is of a job that is created now with this start.
func Created(startAt, now time.Time, pickUp time.Duration) Due {
	if !startAt.After(now) {
		return Due{SweepAt: now.Add(pickUp)}
	}
	return Due{startAt, startAt}
}

// Returned is of a job that the claim c returns now, to be due at the time from. It is due
// after the claim, even when the clock has stepped back since or stands still: otherwise a
// copy of the claim that arrives late would be let in.
func Returned(c jobstore.Claim, from, now time.Time, pickUp time.Duration) Due {
	first := now
	if after := c.At.Add(time.Millisecond); after.After(now) {
		first = after
	}
	switch {
	case from.After(first):
		return Due{from, from}
	case from.After(now):
		return Due{first, first}
	}
	return Due{first, now.Add(pickUp)}
}
