package jobstore

import (
	"cmp"
	"errors"
	"strings"
	"time"
)

// What readers of a job see of an error that is not [Public].
const (
	failed     = "The job failed."
	unreadable = "The job's record cannot be read."
	unstored   = "The output cannot be stored."
)

var errGoexit = errors.New("the handler called runtime.Goexit")

// Permanent marks err as one that another attempt cannot change: [Run] then settles
// the job as [Failed] at once. It counts only as what the handler itself returns, not
// wrapped in another error. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// Public gives err the text that readers of the job see, in [Job.Error]. The text of
// any other error may hold an upstream's URL or key, so it is logged and stored in
// [Job.ErrorDetail] alone, and readers see a general sentence. Like [Permanent], with
// which it combines either way, it counts only as what the handler itself returns. An empty
// text leaves the general sentence. Public(nil, text) is nil.
func Public(err error, text string) error {
	if err == nil {
		return nil
	}
	return &publicError{err, text}
}

type publicError struct {
	err  error
	text string
}

func (e *publicError) Error() string { return e.err.Error() }
func (e *publicError) Unwrap() error { return e.err }

// verdict is what a handler's error means for its own job.
type verdict struct {
	err       error
	permanent bool
	again     *againError // how long the job waits; nil leaves it to the back-off
	public    string      // for readers
	text      string      // for operators
}

// snoozed is true of an attempt that has not failed.
func (v *verdict) snoozed() bool { return !v.permanent && v.again != nil && v.again.snooze }

// judge looks at the marks around err and no deeper: what they wrap may be the error
// of another job.
func judge(err error, limit time.Duration) verdict {
	v := verdict{err: err, public: failed}
	for {
		switch mark := err.(type) {
		case *permanentError:
			v.permanent, err = true, mark.err
			continue
		case *publicError:
			if err = mark.err; strings.TrimSpace(mark.text) != "" {
				v.public = mark.text
			}
			continue
		case *againError:
			v.again, err = cmp.Or(v.again, mark), mark.err
			continue
		}
		break
	}
	if err == nil { // of Snooze
		err = v.err
	}
	r := read(err, limit)
	if v.text = r.text; r.fault != nil {
		v.err = r.fault
	}
	return v
}
