package driver

import (
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// ReopenedReason is the reason of the transition by which a job was reopened.
const ReopenedReason = "reopened"

// RefuseRetry returns why the job may not be reopened: ErrNotFound, ErrInvalid, ErrFinished
// or ErrUnfinished.
func (s State) RefuseRetry(now time.Time) error {
	switch {
	case s.Malformed != nil:
		return s.Malformed
	case !s.Live(now):
		return jobstore.ErrNotFound
	case !s.Status.Finished():
		return jobstore.ErrUnfinished
	case s.Status == jobstore.Complete || s.Canceled:
		return jobstore.ErrFinished
	}
	return nil
}

// Reopening is what a Retry writes, beside the status and a token of [Reopened].
type Reopening struct {
	Due
	MaxAttempts int
	Uncounted   int       // the attempts so far, so that back-offs begin anew
	ExpiresAt   time.Time // zero is never
}

// Reopen says how a job is reopened now. It is due after the write that ended it, so that a
// copy of an older claim comes too early even when the clock has stepped back.
func (s State) Reopen(now time.Time) Reopening {
	at := now
	if after := s.UpdatedAt.Add(time.Millisecond); after.After(now) {
		at = after
	}
	return Reopening{
		Due:         Due{at, at},
		MaxAttempts: s.Attempt + max(s.MaxAttempts-s.Uncounted, 1),
		Uncounted:   s.Attempt,
		ExpiresAt:   s.prolonged(now),
	}
}

// prolonged is the end of another life from now on, of the length of the first.
func (s State) prolonged(now time.Time) time.Time {
	born := s.CreatedAt
	if born.IsZero() {
		born = s.UpdatedAt
	}
	if s.ExpiresAt.IsZero() || born.IsZero() {
		return s.ExpiresAt
	}
	if end := now.Add(s.ExpiresAt.Sub(born)).Truncate(time.Second); end.After(s.ExpiresAt) {
		return end
	}
	return s.ExpiresAt
}
