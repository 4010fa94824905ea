package jobstore_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestAHungReportLeavesTimeForTheOutcome: the handler is done at 5 s of 30 s, with a
// report under way that is never answered.
func TestAHungReportLeavesTimeForTheOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(ctx context.Context, _ int, _ jobstore.Heartbeat, _ func(context.Context) error) error {
			return hang(ctx)
		}
		id := newJob(t, s.store)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		err := jobstore.Run(ctx, s, id, func(ctx context.Context, _ *job) (string, error) {
			go jobstore.Report(ctx, 10, "asking")
			<-time.After(5 * time.Second)
			return "out", nil
		}, quiet)
		if took := time.Since(began); err != nil || took != 5*time.Second {
			t.Errorf("Run returned %v after %v, want success after 5s", err, took)
		}
		if j := get(t, s.store, id); j.Status != jobstore.Complete || j.Progress != 10 {
			t.Errorf("left the job %s at %d %%, want complete with the report that hung", j.Status, j.Progress)
		}
	})
}

func TestReportEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(ctx context.Context, _ int, _ jobstore.Heartbeat, _ func(context.Context) error) error {
			return hang(ctx)
		}
		run(t, s, func(ctx context.Context, _ *job) (string, error) {
			for _, c := range []struct {
				name        string
				limit, want time.Duration
			}{
				{"its own limit", time.Hour, 5 * time.Second},
				{"the caller's", time.Second, time.Second},
				{"behind another's", time.Second, time.Second},
			} {
				limited, cancel := context.WithTimeout(ctx, c.limit)
				began := time.Now()
				err := jobstore.Report(limited, 10, "asking")
				if took := time.Since(began); err == nil || took != c.want {
					t.Errorf("%s: Report returned %v after %v, want an error after %v", c.name, err, took, c.want)
				}
				cancel()
				<-time.After(2 * time.Second) // past ReportEvery
			}
			return "out", nil
		})
	})
}

// TestAReportDuringAWriteIsNotLost: the write under way does not have it.
func TestAReportDuringAWriteIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(ctx context.Context, _ int, _ jobstore.Heartbeat, call func(context.Context) error) error {
			<-time.After(300 * time.Millisecond)
			return call(ctx)
		}
		id := newJob(t, s.store)
		err := jobstore.Run(t.Context(), s, id, func(ctx context.Context, _ *job) (string, error) {
			go jobstore.Report(ctx, 10, "first")
			<-time.After(100 * time.Millisecond)
			if err := jobstore.Report(ctx, 20, "second"); err != nil {
				t.Error(err)
			}
			<-time.After(400 * time.Millisecond)
			return "out", nil
		})
		if j := get(t, s.store, id); err != nil || j.Progress != 20 {
			t.Errorf("Run returned %v and left the job at %d %%, want 20", err, j.Progress)
		}
	})
}

// TestAHandlerIsStoppedBeforeItsLeaseEnds: no renewal is ever answered.
func TestAHandlerIsStoppedBeforeItsLeaseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(ctx context.Context, _ int, _ jobstore.Heartbeat, _ func(context.Context) error) error {
			return hang(ctx)
		}
		began := time.Now()
		err := run(t, s, func(ctx context.Context, j *job) (string, error) {
			<-ctx.Done()
			if stopped := time.Since(began); stopped != 110*time.Second {
				t.Errorf("the handler was stopped after %v, want 10 s before its lease of 2 min ended", stopped)
			}
			if cause := context.Cause(ctx); cause != jobstore.ErrLeaseUnconfirmed {
				t.Errorf("the cause is %v, want ErrLeaseUnconfirmed", cause)
			}
			return "", ctx.Err()
		})
		if _, retry := err.(*jobstore.RetryError); !retry {
			t.Errorf("Run returned %v, want a *RetryError", err)
		}
		if s.reports < 10 {
			t.Errorf("%d renewals were tried, want one after the other until the end", s.reports)
		}
	})
}

// TestARenewalThatFailsIsTriedAgain: the lease does not wait for the next period.
func TestARenewalThatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(ctx context.Context, n int, _ jobstore.Heartbeat, call func(context.Context) error) error {
			if n%3 != 0 {
				return errors.New("503")
			}
			return call(ctx)
		}
		err := run(t, s, func(ctx context.Context, j *job) (string, error) {
			<-time.After(30 * time.Minute)
			return "out", ctx.Err()
		})
		if err != nil {
			t.Errorf("Run returned %v, want success", err)
		}
	})
}

// clock is a wall clock that can be stepped.
type clock struct{ step atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.step.Load())) }

// TestTheLeaseEndsOnBothClocks steps the wall clock, as after five minutes in which
// the environment was frozen, and back, as a correction does.
func TestTheLeaseEndsOnBothClocks(t *testing.T) {
	for name, c := range map[string]struct {
		step   time.Duration
		renews bool          // whether the store answers
		want   time.Duration // when the handler is stopped, within a check
	}{
		"five minutes ahead":                {5 * time.Minute, false, 15 * time.Second},
		"an hour back, nothing is answered": {-time.Hour, false, 110 * time.Second},
		"an hour back, the store answers":   {-time.Hour, true, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wall, s := &clock{}, &faulty{store: memstore.New[string, string]()}
				s.report = func(ctx context.Context, _ int, _ jobstore.Heartbeat, call func(context.Context) error) error {
					if c.renews {
						return call(ctx)
					}
					return hang(ctx)
				}
				began := time.Now()
				run(t, s, func(ctx context.Context, _ *job) (string, error) {
					<-time.After(10 * time.Second)
					wall.step.Store(int64(c.step))
					select {
					case <-ctx.Done():
					case <-time.After(time.Hour - 10*time.Second):
					}
					if stopped := time.Since(began); stopped > c.want || stopped < c.want-5*time.Second {
						t.Errorf("the handler was stopped after %v, want %v", stopped, c.want)
					}
					return "", errors.New("stopped")
				}, func(o *jobstore.RunOptions) { o.Now = wall.now })
			})
		})
	}
}

// TestHeartbeatsAreNumbered and each carries all that is due.
func TestHeartbeatsAreNumbered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		var beats []jobstore.Heartbeat
		s.report = func(ctx context.Context, _ int, h jobstore.Heartbeat, call func(context.Context) error) error {
			beats = append(beats, h)
			return call(ctx)
		}
		run(t, s, func(ctx context.Context, _ *job) (string, error) {
			<-time.After(39 * time.Second)
			_ = jobstore.Report(ctx, 10, "a")
			_ = jobstore.Report(ctx, 20, "b") // is due with the renewal, at 40 s
			<-time.After(2 * time.Second)
			return "out", nil
		})
		if len(beats) != 2 {
			t.Fatalf("%d heartbeats, want 2: %+v", len(beats), beats)
		}
		if beats[0].Seq != 1 || !beats[0].LeaseUntil.IsZero() || beats[0].Progress.Percent != 10 {
			t.Errorf("the first is %+v, want progress alone", beats[0])
		}
		if beats[1].Seq != 2 || beats[1].LeaseUntil.IsZero() || beats[1].Progress == nil || beats[1].Progress.Percent != 20 {
			t.Errorf("the second is %+v, want progress and a new lease", beats[1])
		}
	})
}

// TestAShortJobPaysNoHeartbeat: three writes a job.
func TestAShortJobPaysNoHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string]()}
		run(t, s, func(context.Context, *job) (string, error) {
			<-time.After(39 * time.Second)
			return "out", nil
		})
		if s.claims != 1 || s.reports != 0 || s.settles != 1 {
			t.Errorf("%d claims, %d reports, %d settles; want 1, 0, 1", s.claims, s.reports, s.settles)
		}
	})
}

// run creates a job in s and runs it quietly.
func run(t *testing.T, s *faulty, fn jobstore.Handler[string, string], opts ...func(*jobstore.RunOptions)) error {
	t.Helper()
	return jobstore.Run(t.Context(), s, newJob(t, s.store), fn, append(opts, quiet)...)
}
