package jobstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

type (
	store = memstore.Store[string, string]
	job   = jobstore.Job[string, string]
)

func newJob(t *testing.T, s *store, opts ...func(*jobstore.CreateOptions)) string {
	t.Helper()
	j, err := s.Create(t.Context(), "in", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func get(t *testing.T, s *store, id string) *job {
	t.Helper()
	j, err := s.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func quiet(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) }

func TestRunCompletes(t *testing.T) {
	s := memstore.New[string, string]()
	id := newJob(t, s)
	err := jobstore.Run(t.Context(), s, id, func(_ context.Context, j *job) (string, error) {
		return "out of " + j.Input, nil
	})
	if got := get(t, s, id); err != nil || got.Status != jobstore.Complete || got.Output != "out of in" {
		t.Errorf("Run returned %v and left %+v", err, got)
	}
}

func TestRunFailures(t *testing.T) {
	boom := errors.New("boom")
	tests := map[string]struct {
		attempts int
		fn       jobstore.Handler[string, string]
		status   jobstore.Status
		reason   string
		retry    bool
	}{
		"an error with attempts left":  {2, fails(boom), jobstore.Pending, "boom", true},
		"an error at the last attempt": {1, fails(boom), jobstore.Failed, "boom", false},
		"a permanent error":            {2, fails(jobstore.Permanent(boom)), jobstore.Failed, "boom", false},
		"a panic with attempts left":   {2, func(context.Context, *job) (string, error) { panic("ouch") }, jobstore.Pending, "panic with a value of type string", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := memstore.New[string, string]()
			id := newJob(t, s, func(o *jobstore.CreateOptions) { o.MaxAttempts = tt.attempts })
			err := jobstore.Run(t.Context(), s, id, tt.fn, quiet)
			var retry *jobstore.RetryError
			var finished *jobstore.TerminalError
			if errors.As(err, &retry) != tt.retry || errors.As(err, &finished) == tt.retry {
				t.Errorf("Run returned %T %v, want a retry: %t", err, err, tt.retry)
			}
			if got := get(t, s, id); got.Status != tt.status || got.ErrorDetail != tt.reason {
				t.Errorf("left %s %q, want %s %q", got.Status, got.ErrorDetail, tt.status, tt.reason)
			}
		})
	}
}

func fails(err error) jobstore.Handler[string, string] {
	return func(context.Context, *job) (string, error) { return "", err }
}

func TestRunKeepsThePanicsStack(t *testing.T) {
	s := memstore.New[string, string]()
	err := jobstore.Run(t.Context(), s, newJob(t, s), func(context.Context, *job) (string, error) { panic("ouch") }, quiet)
	var p *jobstore.PanicError
	if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestRunKeepsThePanicsStack") {
		t.Errorf("Run returned %v, want a *PanicError with the stack of the handler", err)
	}
}

func TestRunRunsNothing(t *testing.T) {
	never := func(context.Context, *job) (string, error) {
		t.Error("the handler ran")
		return "", nil
	}
	s := memstore.New[string, string]()
	var retry *jobstore.RetryError
	var finished *jobstore.TerminalError

	t.Run("for a complete job", func(t *testing.T) {
		id := newJob(t, s)
		if err := jobstore.Run(t.Context(), s, id, func(context.Context, *job) (string, error) { return "", nil }); err != nil {
			t.Fatal(err)
		}
		if err := jobstore.Run(t.Context(), s, id, never); err != nil {
			t.Errorf("got %v, want nil", err)
		}
	})
	t.Run("for a failed job", func(t *testing.T) {
		id := newJob(t, s)
		_ = jobstore.Run(t.Context(), s, id, fails(jobstore.Permanent(errors.New("boom"))), quiet)
		if err := jobstore.Run(t.Context(), s, id, never); !errors.As(err, &finished) || !errors.Is(err, jobstore.ErrFinished) {
			t.Errorf("got %v, want a *TerminalError of ErrFinished", err)
		}
	})
	t.Run("for a job that is not there", func(t *testing.T) {
		if err := jobstore.Run(t.Context(), s, "missing", never); !errors.As(err, &finished) || !errors.Is(err, jobstore.ErrNotFound) {
			t.Errorf("got %v, want a *TerminalError of ErrNotFound", err)
		}
	})
	t.Run("for a job somebody holds", func(t *testing.T) {
		id, until := newJob(t, s), time.Now().Add(time.Minute).UTC().Truncate(time.Millisecond)
		if _, err := s.Claim(t.Context(), id, jobstore.Lease{Owner: "o", Until: until}); err != nil {
			t.Fatal(err)
		}
		err := jobstore.Run(t.Context(), s, id, never)
		if !errors.As(err, &retry) || !errors.Is(err, jobstore.ErrLeased) || !retry.After.Equal(until) {
			t.Errorf("got %v, want a *RetryError of ErrLeased after %v", err, until)
		}
	})
	t.Run("with too little time left", func(t *testing.T) {
		id := newJob(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := jobstore.Run(ctx, s, id, never); !errors.As(err, &retry) || retry.Err != jobstore.ErrTooLate {
			t.Errorf("got %v, want a *RetryError of ErrTooLate itself", err)
		}
		if got := get(t, s, id); got.Attempt != 0 {
			t.Errorf("the attempt is %d, want none to be used up", got.Attempt)
		}
	})
}

// circle is a wrapper that unwraps to itself.
type circle struct {
	jobstore.JobStore[string, string]
}

func (c circle) Unwrap() jobstore.JobStore[string, string] { return c }

// panicOf returns what call panics with.
func panicOf(call func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	call()
	return ""
}

func TestRunWritesTheOutcomeAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		id := newJob(t, s)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := jobstore.Run(ctx, s, id, func(ctx context.Context, j *job) (string, error) {
			if want := began.Add(70 * time.Second); !j.LeaseUntil.Equal(want) {
				t.Errorf("the lease ends %v, want 10 s after the deadline: %v", j.LeaseUntil, want)
			}
			<-ctx.Done()
			if worked := time.Since(began); worked != 58*time.Second {
				t.Errorf("the handler's context ended after %v, want 58s", worked)
			}
			<-time.After(time.Minute) // the handler overstays: ctx is over now
			return "", ctx.Err()
		}, quiet)
		if got := get(t, s, id); got.Status != jobstore.Pending || err == nil {
			t.Errorf("left %s and returned %v", got.Status, err)
		}
	})
}

func TestRunRenewsTheLeaseWithoutADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		id := newJob(t, s)
		err := jobstore.Run(t.Context(), s, id, func(ctx context.Context, j *job) (string, error) {
			<-time.After(time.Hour)
			if left := time.Until(get(t, s, id).LeaseUntil); left < 30*time.Second {
				t.Errorf("after an hour the lease has %v left", left)
			}
			return "out", ctx.Err()
		})
		if got := get(t, s, id); err != nil || got.Attempt != 1 || got.Status != jobstore.Complete {
			t.Errorf("returned %v, left %+v", err, got)
		}
	})
}

func TestRunEndsTheHandlerWhenTheLeaseIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		id := newJob(t, s)
		err := jobstore.Run(t.Context(), s, id, func(ctx context.Context, j *job) (string, error) {
			if err := s.Settle(ctx, j.Claim(), jobstore.Outcome[string]{Status: jobstore.Pending}); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Millisecond) // in which a copy of this claim comes too early
			if _, err := s.Claim(ctx, id, jobstore.Lease{Owner: "thief", Until: time.Now().Add(time.Hour)}); err != nil {
				t.Error(err)
			}
			<-ctx.Done()
			if cause := context.Cause(ctx); !errors.Is(cause, jobstore.ErrLeaseLost) {
				t.Errorf("the cause is %v, want ErrLeaseLost", cause)
			}
			return "stale", nil
		}, quiet)
		if !errors.Is(err, jobstore.ErrLeaseLost) {
			t.Errorf("got %v, want ErrLeaseLost", err)
		}
		if got := get(t, s, id); got.Owner != "thief" || got.Status != jobstore.Processing {
			t.Errorf("the old worker changed the job to %+v", got)
		}
	})
}

func TestReportIsThrottledAndTheLastLands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &counted{store: memstore.New[string, string]()}
		id := newJob(t, s.store)
		err := jobstore.Run(t.Context(), s, id, func(ctx context.Context, j *job) (string, error) {
			for i := range 100 {
				if err := jobstore.Report(ctx, i, "working"); err != nil {
					t.Error(err)
				}
			}
			<-time.After(1100 * time.Millisecond)
			if got := get(t, s.store, id); got.Progress != 99 {
				t.Errorf("a second later %d %% is stored, want 99", got.Progress)
			}
			return "out", jobstore.Report(ctx, 100, "done")
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := get(t, s.store, id); got.Progress != 100 || got.ProgressMessage != "done" {
			t.Errorf("at the end %d %% %q is stored, want the last report", got.Progress, got.ProgressMessage)
		}
		if s.reports != 2 {
			t.Errorf("%d reports were written, want 2", s.reports)
		}
	})
}

type counted struct {
	*store
	reports int
}

func (c *counted) Report(ctx context.Context, claim jobstore.Claim, h jobstore.Heartbeat) error {
	c.reports++
	return c.store.Report(ctx, claim, h)
}

func TestReportRefuses(t *testing.T) {
	if err := jobstore.Report(t.Context(), 1, ""); !errors.Is(err, jobstore.ErrInvalid) {
		t.Errorf("outside a handler: %v, want ErrInvalid", err)
	}
	s := memstore.New[string, string]()
	err := jobstore.Run(t.Context(), s, newJob(t, s), func(ctx context.Context, _ *job) (string, error) {
		for _, percent := range []int{-1, 101} {
			if err := jobstore.Report(ctx, percent, ""); !errors.Is(err, jobstore.ErrInvalid) {
				t.Errorf("%d %%: %v, want ErrInvalid", percent, err)
			}
		}
		return "", nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRunStoresNoMoreOfAnErrorThanFits(t *testing.T) {
	s := memstore.New[string, string]()
	id := newJob(t, s, func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	_ = jobstore.Run(t.Context(), s, id, fails(errors.New(strings.Repeat("é", 400<<10))), quiet)
	if got := get(t, s, id); got.Status != jobstore.Failed || len(got.ErrorDetail) > jobstore.MaxMessageBytes || !strings.HasSuffix(got.ErrorDetail, "é") {
		t.Errorf("left %s with a detail of %d bytes", got.Status, len(got.ErrorDetail))
	}
}

func TestRunNamesItsWorker(t *testing.T) {
	s := memstore.New[string, string](func(o *memstore.Options) { o.History = true })
	id := newJob(t, s)
	err := jobstore.Run(t.Context(), s, id, func(context.Context, *job) (string, error) { return "", nil },
		func(o *jobstore.RunOptions) { o.Worker = "host-7" })
	if got := get(t, s, id); err != nil || !strings.HasPrefix(got.History[1].Owner, "host-7/") {
		t.Errorf("Run returned %v and left %+v", err, got.History)
	}
}

// TestLeaseIsRenewedUpToTheDeadline runs a job for the ten minutes of an invocation.
func TestLeaseIsRenewedUpToTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &counted{store: memstore.New[string, string]()}
		id := newJob(t, s.store)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		err := jobstore.Run(ctx, s, id, func(ctx context.Context, j *job) (string, error) {
			if want := began.Add(2 * time.Minute); !j.LeaseUntil.Equal(want) {
				t.Errorf("the claim ends %v, want %v", j.LeaseUntil, want)
			}
			<-ctx.Done()
			if want := began.Add(10*time.Minute + 10*time.Second); !get(t, s.store, id).LeaseUntil.Equal(want) {
				t.Errorf("in the end the lease ends %v, want 10 s after the deadline: %v", get(t, s.store, id).LeaseUntil, want)
			}
			return "out", nil
		})
		if err != nil || s.reports != 13 {
			t.Errorf("%d renewals, %v; want one each 40 s", s.reports, err)
		}
	})
}

// TestCancelReachesASilentWorker cancels under a handler that reports nothing.
func TestCancelReachesASilentWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		id := newJob(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		began := time.Now()
		err := jobstore.Run(ctx, s, id, func(ctx context.Context, _ *job) (string, error) {
			if _, err := jobstore.Cancel(ctx, s, id, "no longer wanted"); err != nil {
				t.Error(err)
			}
			<-ctx.Done()
			if cause := context.Cause(ctx); !errors.Is(cause, jobstore.ErrCanceled) || time.Since(began) > 40*time.Second {
				t.Errorf("ended after %v with %v, want ErrCanceled at the next renewal", time.Since(began), cause)
			}
			return "", ctx.Err()
		}, quiet)
		var finished *jobstore.TerminalError
		if !errors.As(err, &finished) {
			t.Errorf("Run returned %v, want a *TerminalError", err)
		}
	})
}

// plain is a store without the optional interfaces.
type plain struct {
	jobstore.JobStore[string, string]
}

// wrapped is a decorator.
type wrapped struct{ plain }

func (w wrapped) Unwrap() jobstore.JobStore[string, string] { return w.JobStore }

// deaf is a decorator that implements an optional interface itself.
type deaf struct{ wrapped }

func (deaf) Cancel(context.Context, string, string) (*job, error) { return nil, errDeaf }

var errDeaf = errors.New("cancel is switched off")

func TestOptionalInterfaces(t *testing.T) {
	s := memstore.New[string, string]()
	if _, err := jobstore.Cancel(t.Context(), plain{s}, "a", ""); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Cancel of a store without it: %v", err)
	}
	if _, err := jobstore.Retry(t.Context(), plain{s}, "a"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Retry of a store without it: %v", err)
	}
	for _, err := range jobstore.List(t.Context(), plain{s}, jobstore.FailedJobs) {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("List of a store without it: %v", err)
		}
	}
	if _, ok := jobstore.As[jobstore.Sweeper](plain{s}); ok {
		t.Error("a store without Stuck is a Sweeper")
	}
	twice := wrapped{plain{wrapped{plain{s}}}}
	if _, err := jobstore.Cancel(t.Context(), twice, newJob(t, s), ""); err != nil {
		t.Errorf("Cancel through two decorators: %v", err)
	}
	if sweeper, ok := jobstore.As[jobstore.Sweeper](twice); !ok || sweeper != jobstore.Sweeper(s) {
		t.Errorf("the Sweeper is %v, want the innermost store", sweeper)
	}
	if _, err := jobstore.Cancel(t.Context(), deaf{twice}, "a", ""); err != errDeaf {
		t.Errorf("Cancel of a decorator of its own: %v, want its error", err)
	}
}
