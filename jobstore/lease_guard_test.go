package jobstore_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestAHeartbeatEndsWithItsLease, before its own time limit: a renewal that arrives later would
// have the next worker wait for a handler that was stopped.
func TestAHeartbeatEndsWithItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, s := time.Now(), &faulty{store: memstore.New[string, string]()}
		s.report = func(ctx context.Context, _ int, _ jobstore.Heartbeat, _ func(context.Context) error) error {
			if end, ok := ctx.Deadline(); !ok || end.Sub(began) > 110*time.Second {
				t.Errorf("a heartbeat may take until %v, want 10 s before the lease of 2 min ends", end.Sub(began))
			}
			return hang(ctx)
		}
		_ = run(t, s, func(ctx context.Context, _ *job) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}, func(o *jobstore.RunOptions) { o.CallTimeout = time.Hour })
	})
}

// TestNoHeartbeatFollowsTheStop of a handler that takes no notice of it: the job is free for
// the next worker.
func TestNoHeartbeatFollowsTheStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(context.Context, int, jobstore.Heartbeat, func(context.Context) error) error {
			<-time.After(300 * time.Millisecond) // so that the next is due after the stop
			return errLost
		}
		_ = run(t, s, func(ctx context.Context, _ *job) (string, error) {
			<-ctx.Done()
			synctest.Wait()
			before := s.count(&s.reports)
			<-time.After(10 * time.Minute)
			if after := s.count(&s.reports); after != before+1 {
				t.Errorf("%d heartbeats were sent after the handler was stopped", after-before-1)
			}
			return "", ctx.Err()
		})
	})
}

// TestNoHandlerStartsInTheGrace: the claim's answer comes when the lease has less left than
// two clocks may differ by.
func TestNoHandlerStartsInTheGrace(t *testing.T) {
	for step, starts := range map[time.Duration]bool{109 * time.Second: true, 111 * time.Second: false} {
		synctest.Test(t, func(t *testing.T) {
			wall, s, started := &clock{}, &faulty{store: memstore.New[string, string]()}, false
			s.claim = func(ctx context.Context, _ int, call func(context.Context) (*job, error)) (*job, error) {
				j, err := call(ctx)
				wall.step.Store(int64(step))
				return j, err
			}
			_ = run(t, s, func(context.Context, *job) (string, error) {
				started = true
				return "out", nil
			}, func(o *jobstore.RunOptions) { o.Now, o.MaxWait = wall.now, 0 })
			if started != starts {
				t.Errorf("%v after the claim the handler started: %t, want %t", step, started, starts)
			}
		})
	}
}

// TestALostLeaseIsNotSettled: nothing that this worker could write is wanted.
func TestALostLeaseIsNotSettled(t *testing.T) {
	for name, lost := range map[string]error{"to another worker": jobstore.ErrLeaseLost, "to a cancel": jobstore.ErrCanceled} {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(context.Context, int, jobstore.Heartbeat, func(context.Context) error) error { return lost }
		err := run(t, s, func(ctx context.Context, _ *job) (string, error) {
			_ = jobstore.Report(ctx, 10, "asking")
			return "out", nil
		})
		if err == nil || s.settles != 0 {
			t.Errorf("%s: Run returned %v after %d settles, want an error and none", name, err, s.settles)
		}
	}
}

// TestGoexitInARenewal counts as one that failed, and the next is not at once.
func TestGoexitInARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, s := time.Now(), &faulty{store: memstore.New[string, string]()}
		var at []time.Duration
		s.report = func(ctx context.Context, n int, _ jobstore.Heartbeat, call func(context.Context) error) error {
			at = append(at, time.Since(began))
			if n <= 2 {
				runtime.Goexit()
			}
			return call(ctx)
		}
		err := run(t, s, func(ctx context.Context, _ *job) (string, error) {
			<-time.After(time.Minute)
			return "out", ctx.Err()
		})
		want := []time.Duration{40 * time.Second, 41 * time.Second, 42 * time.Second}
		if err != nil || !slices.Equal(at, want) {
			t.Errorf("Run returned %v and renewed at %v, want %v", err, at, want)
		}
	})
}
