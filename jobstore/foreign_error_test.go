package jobstore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestRunTakesNoForeignErrorForItsOwn gives a handler's error every type and sentinel
// that means something to Run when it is about the job itself.
func TestRunTakesNoForeignErrorForItsOwn(t *testing.T) {
	other := errors.New("of another job")
	for name, err := range map[string]error{
		"a nested Run's TerminalError":   &jobstore.TerminalError{ID: "child", Err: other},
		"a nested Run's RetryError":      &jobstore.RetryError{ID: "child", Err: other},
		"a wrapped TerminalError":        fmt.Errorf("child: %w", &jobstore.TerminalError{ID: "child", Err: other}),
		"a child's Permanent, wrapped":   fmt.Errorf("child: %w", jobstore.Permanent(other)),
		"a nested Run's Permanent":       &jobstore.TerminalError{ID: "child", Err: jobstore.Permanent(other)},
		"a foreign ErrCanceled":          fmt.Errorf("child: %w", jobstore.ErrCanceled),
		"a foreign ErrLeaseLost":         jobstore.ErrLeaseLost,
		"a foreign ErrLeaseUnconfirmed":  jobstore.ErrLeaseUnconfirmed,
		"a foreign ErrTooLate":           jobstore.ErrTooLate,
		"a foreign ErrFinished":          &jobstore.Error{Op: "claim", ID: "child", Err: jobstore.ErrFinished},
		"a foreign ErrNotFound":          jobstore.ErrNotFound,
		"a foreign ErrInvalid":           jobstore.ErrInvalid,
		"a foreign ErrTooLarge":          jobstore.ErrTooLarge,
		"a foreign ErrDecode":            jobstore.ErrDecode,
		"several joined, Permanent last": errors.Join(other, jobstore.Permanent(other)),
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			s := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return now } })
			id := newJob(t, s)
			got := jobstore.Run(t.Context(), s, id, fails(err), quiet)
			if _, retry := got.(*jobstore.RetryError); !retry {
				t.Errorf("Run returned %T, want a *RetryError", got)
			}
			if jobstore.IgnoreTerminal(got) == nil {
				t.Error("IgnoreTerminal has the trigger forget a pending job")
			}
			if j := get(t, s, id); j.Status != jobstore.Pending {
				t.Errorf("left the job %s, want pending", j.Status)
			}
			now = now.Add(time.Minute)
			if err := jobstore.Run(t.Context(), s, id, fails(nil), quiet); err != nil {
				t.Errorf("the next attempt: %v", err)
			}
		})
	}
}

// TestRunInsideAHandler runs a job within another: each settles as it went.
func TestRunInsideAHandler(t *testing.T) {
	s := memstore.New[string, string]()
	parent, child := newJob(t, s), newJob(t, s)
	err := jobstore.Run(t.Context(), s, parent, func(ctx context.Context, _ *job) (string, error) {
		return "", jobstore.Run(ctx, s, child, fails(jobstore.Permanent(errors.New("no such customer"))), quiet)
	}, quiet)
	if j := get(t, s, child); j.Status != jobstore.Failed {
		t.Errorf("the child is %s, want error", j.Status)
	}
	if j := get(t, s, parent); j.Status != jobstore.Pending {
		t.Errorf("the parent is %s, want pending, as it has attempts left", j.Status)
	}
	if _, retry := err.(*jobstore.RetryError); !retry {
		t.Errorf("the parent's Run returned %T, want a *RetryError", err)
	}
}

// TestRunUnderACanceledContext: the cause of a context around Run is not the job's.
func TestRunUnderACanceledContext(t *testing.T) {
	for _, cause := range []error{jobstore.ErrCanceled, jobstore.ErrLeaseLost, jobstore.ErrLeaseUnconfirmed} {
		s := memstore.New[string, string]()
		id := newJob(t, s)
		ctx, cancel := context.WithCancelCause(t.Context())
		err := jobstore.Run(ctx, s, id, func(context.Context, *job) (string, error) {
			cancel(cause)
			return "done all the same", nil
		}, quiet)
		if j := get(t, s, id); err != nil || j.Status != jobstore.Complete {
			t.Errorf("%v: Run returned %v and left the job %s, want it complete", cause, err, j.Status)
		}
	}
}
