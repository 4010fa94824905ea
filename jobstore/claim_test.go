package jobstore_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

var errLost = errors.New("the connection was lost")

// TestALostClaimIsFoundAgain: the claim is stored and its answer is not heard.
func TestALostClaimIsFoundAgain(t *testing.T) {
	for name, held := range map[string]func(*jobstore.CreateOptions){
		"one attempt": func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 },
		"hold":        func(o *jobstore.CreateOptions) { o.OnLeaseExpiry = jobstore.Hold },
	} {
		s := &faulty{store: memstore.New[string, string]()}
		s.claim = func(ctx context.Context, n int, call func(context.Context) (*job, error)) (*job, error) {
			j, err := call(ctx)
			if n == 1 {
				return nil, errLost
			}
			return j, err
		}
		id := newJob(t, s.store, held)
		if err := jobstore.Run(t.Context(), s, id, fails(nil), quiet); err != nil {
			t.Errorf("%s: Run returned %v", name, err)
		}
		if j := get(t, s.store, id); j.Status != jobstore.Complete || j.Attempt != 1 {
			t.Errorf("%s: left the job %s at attempt %d, want complete at 1", name, j.Status, j.Attempt)
		}
	}
}

// TestAClaimIsGivenBack: the context ends while the claim's answer is on its way. The
// handler has not run, so the attempt does not count.
func TestAClaimIsGivenBack(t *testing.T) {
	for name, held := range map[string]func(*jobstore.CreateOptions){
		"one attempt": func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 },
		"hold":        func(o *jobstore.CreateOptions) { o.OnLeaseExpiry = jobstore.Hold },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				s := &faulty{store: memstore.New[string, string]()}
				s.claim = func(ctx context.Context, n int, call func(context.Context) (*job, error)) (*job, error) {
					j, err := call(context.WithoutCancel(ctx))
					if n == 1 {
						cancel()
						return nil, ctx.Err()
					}
					return j, err
				}
				id := newJob(t, s.store, held)
				never := func(context.Context, *job) (string, error) { t.Error("the handler ran"); return "", nil }
				err := jobstore.Run(ctx, s, id, never, quiet)
				if retry, ok := err.(*jobstore.RetryError); !ok || retry.Err != context.Canceled {
					t.Errorf("Run returned %v, want a *RetryError of the context's cause", err)
				}
				if j := get(t, s.store, id); j.Status != jobstore.Pending || j.MaxAttempts <= j.Attempt {
					t.Fatalf("left the job %s at attempt %d of %d, want it pending with one to go", j.Status, j.Attempt, j.MaxAttempts)
				}
				if err := jobstore.Run(t.Context(), s, id, fails(nil), quiet); err != nil {
					t.Errorf("the next Run returned %v", err)
				}
			})
		})
	}
}

// TestAClaimOutlivesNoFreeze: the environment is frozen until the lease has ended. The
// claim is not sent again under that lease, and no handler starts under it.
func TestAClaimOutlivesNoFreeze(t *testing.T) {
	for name, answer := range map[string]error{"no answer": errLost, "an answer": nil} {
		synctest.Test(t, func(t *testing.T) {
			claims, wall := 0, &clock{}
			s := &faulty{store: memstore.New[string, string]()}
			s.claim = func(ctx context.Context, n int, call func(context.Context) (*job, error)) (*job, error) {
				j, err := call(ctx)
				claims = n
				wall.step.Store(int64(3 * time.Minute))
				return j, errors.Join(err, answer)
			}
			id := newJob(t, s.store)
			never := func(context.Context, *job) (string, error) { t.Errorf("%s: the handler ran", name); return "", nil }
			err := jobstore.Run(t.Context(), s, id, never, quiet, func(o *jobstore.RunOptions) { o.Now = wall.now })
			if retry, ok := err.(*jobstore.RetryError); !ok || answer == nil && retry.Err != jobstore.ErrLeaseUnconfirmed {
				t.Errorf("%s: Run returned %v, want a *RetryError", name, err)
			}
			if j := get(t, s.store, id); claims != 1 || j.MaxAttempts <= j.Attempt || (j.Status == jobstore.Pending) != (answer == nil) {
				t.Errorf("%s: after %d claims the job is %s at attempt %d of %d", name, claims, j.Status, j.Attempt, j.MaxAttempts)
			}
		})
	}
}

// TestAHungClaimCostsOneTimeLimit and not the invocation.
func TestAHungClaimCostsOneTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.claim = func(ctx context.Context, n int, call func(context.Context) (*job, error)) (*job, error) {
			if n == 1 {
				return nil, hang(ctx)
			}
			return call(ctx)
		}
		began := time.Now()
		if err := run(t, s, fails(nil)); err != nil || time.Since(began) > 6*time.Second {
			t.Errorf("Run returned %v after %v", err, time.Since(began))
		}
	})
}

// TestAHungClaimEndsByTheDeadline, with a last try in the margin.
func TestAHungClaimEndsByTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.claim = func(ctx context.Context, _ int, _ func(context.Context) (*job, error)) (*job, error) {
			return nil, hang(ctx)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		err := jobstore.Run(ctx, s, newJob(t, s.store), fails(nil), quiet, func(o *jobstore.RunOptions) { o.Margin = time.Second / 2 })
		if took := time.Since(began); err == nil || took > 3*time.Second || s.claims != 2 {
			t.Errorf("Run returned %v after %v and %d claims, want an error within 3s and 2 claims", err, took, s.claims)
		}
	})
}

// TestRunLooksFirst when a redelivery is likely: a refused claim costs a write.
func TestRunLooksFirst(t *testing.T) {
	s := &faulty{store: memstore.New[string, string]()}
	redelivered := func(o *jobstore.RunOptions) { o.Redelivered = true; quiet(o) }
	id := newJob(t, s.store)
	for range 3 {
		if err := jobstore.Run(t.Context(), s, id, fails(nil), redelivered); err != nil {
			t.Fatal(err)
		}
	}
	if s.claims != 1 {
		t.Errorf("%d claims, want 1", s.claims)
	}
}

// TestALookThatFailsDecidesNothing: the read hangs, or is denied.
func TestALookThatFailsDecidesNothing(t *testing.T) {
	for name, get := range map[string]func(context.Context) (*job, error){
		"it hangs":  func(ctx context.Context) (*job, error) { return nil, hang(ctx) },
		"is denied": func(context.Context) (*job, error) { return nil, errors.New("AccessDenied") },
	} {
		synctest.Test(t, func(t *testing.T) {
			s, log, began := &faulty{store: memstore.New[string, string](), get: get}, &bytes.Buffer{}, time.Now()
			err := run(t, s, fails(nil), func(o *jobstore.RunOptions) { o.Redelivered = true })
			if took := time.Since(began); err != nil || took > 5*time.Second {
				t.Errorf("%s: Run returned %v after %v", name, err, took)
			}
			_ = jobstore.Run(t.Context(), s, newJob(t, s.store), fails(nil), func(o *jobstore.RunOptions) {
				o.Redelivered, o.Logger = true, slog.New(slog.NewTextHandler(log, nil))
			})
			if !strings.Contains(log.String(), "level=WARN") {
				t.Errorf("%s: logged %q, want a warning", name, log)
			}
		})
	}
}
