package jobstore

import (
	"fmt"
	"time"
)

// maxDelay is the longest wait that a handler or a back-off can ask for.
const maxDelay = 365 * 24 * time.Hour

// RetryAfter marks err as that of an attempt after which the job waits for d, such as
// the Retry-After of a 429, in place of [RunOptions.Backoff]. The attempt counts: err
// of the last attempt ends the job. Less than a second is a second, and more than a year
// is a year. A wait that would not end before the job expires ends the job, so give a job that
// waits for months a longer [CreateOptions].Retention than the default of 90 days.
//
// It counts only as what the handler itself returns, not wrapped in another error. It
// combines with [Public] either way. [Permanent] goes before it, and of several the
// outermost counts. RetryAfter(nil, d) is nil.
func RetryAfter(err error, d time.Duration) error {
	if err == nil {
		return nil
	}
	return &againError{err: err, delay: d}
}

// Snooze is what a handler returns when there is nothing to do before d has passed, such
// as for an upstream's job that it polls. Nothing has failed: the attempt does not count
// towards [CreateOptions.MaxAttempts], and no error is stored. Otherwise it is like
// [RetryAfter].
func Snooze(d time.Duration) error { return &againError{delay: d, snooze: true} }

type againError struct {
	err    error // nil when it was snoozed
	delay  time.Duration
	snooze bool
}

func (e *againError) Error() string {
	if e.snooze {
		return fmt.Sprintf("snoozed for %v", e.delay)
	}
	return e.err.Error()
}

func (e *againError) Unwrap() error { return e.err }
