package streamproc

import (
	"context"
	"fmt"
	"time"
)

// TimeoutError is the error of a record that was not started, because no more than Need
// was left of the invocation. It is an [ErrNotStarted], and the record is reported, unless
// the whole invocation had no more time than that. Then no invocation could ever start a
// record, and the error fails the invocation: raise the function's timeout. A handler may
// return one for the same reason.
type TimeoutError struct{ Left, Need time.Duration }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("streamproc: not started: the invocation has %v left, and a record needs more than %v; if no more is ever left, raise the function's timeout",
		e.Left.Round(time.Millisecond), e.Need)
}

// Is makes the error an [ErrNotStarted].
func (e *TimeoutError) Is(target error) bool { return target == ErrNotStarted }

// leastTime is the least MinTime by default.
const leastTime = 2 * time.Second

// timeLeft is the time of one invocation.
type timeLeft struct {
	deadline    time.Time
	bounded     bool
	total, need time.Duration
}

func (o *Options) timeLeft(ctx context.Context) (t timeLeft) {
	if t.deadline, t.bounded = ctx.Deadline(); t.bounded {
		t.total = time.Until(t.deadline)
	}
	if t.need = o.MinTime; t.need == 0 {
		t.need = max(t.total/10, leastTime)
	}
	return t
}

// check returns an error when a record must not be started.
func (t timeLeft) check() error {
	if !t.bounded {
		return nil
	}
	if left := time.Until(t.deadline); left <= t.need {
		return &TimeoutError{Left: left, Need: t.need}
	}
	return nil
}

// never is true of an error that every invocation with this much time would have.
func (t timeLeft) never(err error) bool {
	e, ok := err.(*TimeoutError)
	return ok && t.bounded && t.total <= e.Need
}
