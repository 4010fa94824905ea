package jobstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestSettleIsTriedWhileThereIsTime: the store fails, then hangs, then answers.
func TestSettleIsTriedWhileThereIsTime(t *testing.T) {
	for name, c := range map[string]struct {
		recovers time.Duration
		stored   bool
	}{
		"at once":            {0, true},
		"after 10 s":         {10 * time.Second, true},
		"at the last moment": {11400 * time.Millisecond, true}, // of 11.5 s
		"after the deadline": {40 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, s := time.Now(), &faulty{store: memstore.New[string, string]()}
				s.settle = func(ctx context.Context, n int, call func(context.Context) error) error {
					switch {
					case n == 1 || time.Since(began) >= 18*time.Second+c.recovers:
						return errOr(n == 1, call, ctx)
					case n == 2:
						return hang(ctx)
					}
					return errors.New("TransactionConflict")
				}
				id := newJob(t, s.store, func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				err := jobstore.Run(ctx, s, id, func(context.Context, *job) (string, error) {
					<-time.After(18 * time.Second)
					return "out", nil
				}, quiet)
				if j := get(t, s.store, id); (j.Status == jobstore.Complete) != c.stored || (err == nil) != c.stored {
					t.Errorf("Run returned %v and left the job %s, want it complete: %t", err, j.Status, c.stored)
				}
				if took := time.Since(began); took > 31*time.Second {
					t.Errorf("Run took %v of 30s", took)
				}
			})
		})
	}
}

func errOr(fail bool, call func(context.Context) error, ctx context.Context) error {
	if fail {
		return errors.New("500")
	}
	return call(ctx)
}

// TestSettleIsTriedOnceWhenItIsDecided: repeating changes nothing then.
func TestSettleIsTriedOnceWhenItIsDecided(t *testing.T) {
	for _, refusal := range []error{jobstore.ErrLeaseLost, jobstore.ErrCanceled, jobstore.ErrNotFound} {
		s := &faulty{store: memstore.New[string, string]()}
		s.settle = func(context.Context, int, func(context.Context) error) error {
			return &jobstore.Error{Op: "settle", Err: refusal}
		}
		if err := run(t, s, fails(nil)); err == nil || s.settles != 1 {
			t.Errorf("%v: %d tries, and Run returned %v", refusal, s.settles, err)
		}
	}
}

// TestGoexit ends the handler's goroutine, as testing.T.FailNow does.
func TestGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		id := newJob(t, s.store)
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = jobstore.Run(t.Context(), s, id, func(context.Context, *job) (string, error) {
				runtime.Goexit()
				return "", nil
			}, quiet)
			t.Error("Run has stopped the Goexit")
		})
		wg.Wait()
		if j := get(t, s.store, id); j.Status != jobstore.Pending || !strings.Contains(j.ErrorDetail, "Goexit") {
			t.Errorf("left the job %s: %q", j.Status, j.ErrorDetail)
		}
		<-time.After(time.Hour)
		if s.reports != 0 {
			t.Errorf("the lease was renewed %d times after the handler was gone", s.reports)
		}
	})
}

// goexitError ends the goroutine that reads it.
type goexitError struct{}

func (goexitError) Error() string {
	runtime.Goexit()
	return ""
}

// TestGoexitAfterTheHandler: an Error method ends the goroutine, and so may an encoder.
func TestGoexitAfterTheHandler(t *testing.T) {
	encoder := func(ctx context.Context, n int, call func(context.Context) error) error {
		if n == 1 {
			runtime.Goexit()
		}
		return call(ctx)
	}
	for name, c := range map[string]struct {
		err    error
		settle func(context.Context, int, func(context.Context) error) error
		status jobstore.Status
	}{
		"an error":             {goexitError{}, nil, jobstore.Pending},
		"a permanent error":    {jobstore.Permanent(goexitError{}), nil, jobstore.Failed},
		"the output's encoder": {nil, encoder, jobstore.Pending},
	} {
		s := &faulty{store: memstore.New[string, string](), settle: c.settle}
		id := newJob(t, s.store)
		var wg sync.WaitGroup
		wg.Go(func() { _ = jobstore.Run(t.Context(), s, id, fails(c.err), quiet) })
		wg.Wait()
		if j := get(t, s.store, id); j.Status != c.status || !strings.Contains(j.ErrorDetail, "Goexit") {
			t.Errorf("%s: left the job %s: %q", name, j.Status, j.ErrorDetail)
		}
	}
}

// TestRunEndsByTheDeadline when the store does not answer a settle.
func TestRunEndsByTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.settle = func(context.Context, int, func(context.Context) error) error { return errors.New("connection refused") }
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		began := time.Now()
		_ = jobstore.Run(ctx, s, newJob(t, s.store), fails(nil), quiet)
		if took := time.Since(began); took > 8*time.Second || s.settles < 5 {
			t.Errorf("Run returned after %v and %d tries, want tries until the deadline of 8s", took, s.settles)
		}
	})
}

type badError struct{ text string }

func (e *badError) Error() string { return e.text } // panics when e is nil

type badHandler struct{ slog.Handler }

func (badHandler) Enabled(context.Context, slog.Level) bool { panic("the log is full") }

// TestAPanicAfterTheHandlerIsSettled: nothing that a handler leaves behind may keep
// its job unsettled.
func TestAPanicAfterTheHandlerIsSettled(t *testing.T) {
	var typedNil *badError
	panics := func(o *jobstore.RunOptions) { o.Logger = slog.New(badHandler{}) }
	for name, c := range map[string]struct {
		err error
		opt func(*jobstore.RunOptions)
	}{
		"a typed nil":            {typedNil, quiet},
		"a typed nil, permanent": {jobstore.Permanent(typedNil), quiet},
		"a typed nil, wrapped":   {fmt.Errorf("wrapped: %w", errors.Join(typedNil)), quiet},
		"a logger that panics":   {errors.New("busy"), panics},
		"a hook that panics": {jobstore.Permanent(errors.New("busy")), func(o *jobstore.RunOptions) {
			quiet(o)
			o.OnFailed = func(context.Context, jobstore.Failure) { panic("no metrics") }
		}},
		"a panic with a bad error":    {nil, quiet},
		"a panic with nil, as a text": {nil, quiet},
	} {
		t.Run(name, func(t *testing.T) {
			s := memstore.New[string, string]()
			id := newJob(t, s)
			err := jobstore.Run(t.Context(), s, id, func(context.Context, *job) (string, error) {
				if c.err == nil {
					panic(typedNil)
				}
				return "", c.err
			}, c.opt)
			if j := get(t, s, id); j.Status == jobstore.Processing || j.Error != "The job failed." {
				t.Errorf("left the job %s: %q", j.Status, j.Error)
			}
			_ = err.Error() // as Lambda's runtime calls it
		})
	}
}

// TestAnOutputThatDoesNotEncodeEndsTheJob: each attempt would make it again.
func TestAnOutputThatDoesNotEncodeEndsTheJob(t *testing.T) {
	for name, settle := range map[string]func(context.Context, int, func(context.Context) error) error{
		"the encoder panics": func(_ context.Context, n int, call func(context.Context) error) error {
			if n == 1 {
				panic("card 4111 1111 1111 1111")
			}
			return call(context.Background())
		},
		"the store refuses it": func(_ context.Context, n int, call func(context.Context) error) error {
			if n == 1 {
				return &jobstore.Error{Op: "settle", Err: jobstore.ErrTooLarge}
			}
			return call(context.Background())
		},
	} {
		s := &faulty{store: memstore.New[string, string](), settle: settle}
		id := newJob(t, s.store)
		err := jobstore.Run(t.Context(), s, id, fails(nil), quiet)
		if _, terminal := err.(*jobstore.TerminalError); !terminal {
			t.Errorf("%s: Run returned %v, want a *TerminalError", name, err)
		}
		if j := get(t, s.store, id); j.Status != jobstore.Failed || strings.Contains(err.Error()+j.Error+j.ErrorDetail, "card") {
			t.Errorf("%s: left %s, %q, %q; %v", name, j.Status, j.Error, j.ErrorDetail, err)
		}
	}
}
