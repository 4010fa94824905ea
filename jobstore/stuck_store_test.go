package jobstore_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// stuck returns a call that waits until the test is over, whatever becomes of its context.
func stuck(t *testing.T) (wait func()) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func() { <-over }
}

// TestAStuckStoreLetsNoTwoHandlersOverlap: no heartbeat and no settle returns, and a second worker asks for
// the job all the time.
func TestAStuckStoreLetsNoTwoHandlersOverlap(t *testing.T) {
	report := func(ctx context.Context) { _ = jobstore.Report(ctx, 10, "asking") }
	for name, work := range map[string]func(context.Context){
		"a renewal":                         func(context.Context) {},
		"a report":                          report,
		"a report that is written later":    func(ctx context.Context) { report(ctx); report(ctx) },
		"a report without the cancellation": func(ctx context.Context) { report(context.WithoutCancel(ctx)) },
		"reports at once":                   func(ctx context.Context) { go report(ctx); go report(ctx); report(ctx) },
		"a partial output":                  func(ctx context.Context) { _ = jobstore.Partial(ctx, "so far") },
		"a nested run": func(ctx context.Context) {
			other := memstore.New[string, string]()
			child, _ := other.Create(ctx, "in")
			_ = jobstore.Run(ctx, other, child.ID, func(ctx context.Context, _ *job) (string, error) {
				<-ctx.Done()
				return "", ctx.Err()
			}, quiet)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wait, inner := stuck(t), memstore.New[string, string]()
				s := &faulty{store: inner, report: stuckReport(wait), settle: stuckSettle(wait)}
				id, began := newJob(t, inner), time.Now()
				var stopped atomic.Bool
				var workers sync.WaitGroup
				workers.Go(func() {
					_ = jobstore.Run(t.Context(), wrapped{plain{s}}, id, func(ctx context.Context, _ *job) (string, error) {
						work(ctx)
						<-ctx.Done()
						stopped.Store(true)
						if cause := context.Cause(ctx); cause != jobstore.ErrLeaseUnconfirmed || time.Since(began) > 110*time.Second {
							t.Errorf("the handler was stopped after %v by %v, want 10 s before its lease of 2 min ended", time.Since(began), cause)
						}
						return "", ctx.Err()
					}, quiet)
				})
				second(t, inner, id, func() {
					if !stopped.Load() {
						t.Error("a second handler started before the first was stopped")
					}
				})
				workers.Wait()
			})
		})
	}
}

// second runs the job as soon as a store lets it.
func second(t *testing.T, s *store, id string, started func()) {
	t.Helper()
	time.Sleep(time.Second) // the first worker has the job
	for range 300 {
		err := jobstore.Run(t.Context(), s, id, func(context.Context, *job) (string, error) {
			started()
			return "out", nil
		}, quiet, func(o *jobstore.RunOptions) { o.MaxWait = 0 })
		if err == nil {
			return
		}
		time.Sleep(time.Second)
	}
	t.Error("no second worker got the job")
}

// TestAStuckRenewalHidesNoClock: the wall clock goes on by five minutes, as after a freeze,
// during a heartbeat that has a minute.
func TestAStuckRenewalHidesNoClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wall := &clock{}
		s := &faulty{store: memstore.New[string, string](), report: stuckReport(stuck(t))}
		_ = run(t, s, func(ctx context.Context, _ *job) (string, error) {
			<-time.After(41 * time.Second) // the renewal is under way
			wall.step.Store(int64(5 * time.Minute))
			stepped := time.Now()
			<-ctx.Done()
			if took := time.Since(stepped); took > 5*time.Second {
				t.Errorf("the handler was stopped %v after the freeze, want 5s at most", took)
			}
			return "", ctx.Err()
		}, func(o *jobstore.RunOptions) { o.Now, o.CallTimeout = wall.now, time.Minute })
	})
}

// TestRunReturnsBeforeItsDeadline when one call never does, whatever becomes of its context.
func TestRunReturnsBeforeItsDeadline(t *testing.T) {
	for name, hang := range map[string]func(s *faulty, wait func()){
		"get":    func(s *faulty, wait func()) { s.get = func(context.Context) (*job, error) { wait(); return nil, nil } },
		"claim":  func(s *faulty, wait func()) { s.claim = stuckClaim(wait) },
		"report": func(s *faulty, wait func()) { s.report = stuckReport(wait) },
		"settle": func(s *faulty, wait func()) { s.settle = stuckSettle(wait) },
		"all but the claim": func(s *faulty, wait func()) {
			s.get = func(context.Context) (*job, error) { wait(); return nil, nil }
			s.report, s.settle = stuckReport(wait), stuckSettle(wait)
		},
	} {
		for _, limit := range []time.Duration{3 * time.Second, 8 * time.Second, 5 * time.Minute} {
			for outcome, err := range map[string]error{"success": nil, "failure": errors.New("busy")} {
				t.Run(name+" "+limit.String()+" "+outcome, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := &faulty{store: memstore.New[string, string]()}
						hang(s, stuck(t))
						id, began := newJob(t, s.store), time.Now()
						ctx, cancel := context.WithTimeout(t.Context(), limit)
						defer cancel()
						result := jobstore.Run(ctx, s, id, func(ctx context.Context, _ *job) (string, error) {
							_ = jobstore.Report(ctx, 10, "asking")
							return "out", err
						}, quiet, func(o *jobstore.RunOptions) { o.Redelivered, o.MaxWait = true, 0 })
						if took := time.Since(began); took >= limit {
							t.Errorf("Run returned %v after %v of %v", result, took, limit)
						}
						j := get(t, s.store, id)
						if done := name == "get" || name == "report"; limit > 8*time.Second && err == nil && done && j.Status != jobstore.Complete {
							t.Errorf("Run returned %v and left the job %s, want complete", result, j.Status)
						}
					})
				})
			}
		}
	}
}

func stuckClaim(wait func()) func(context.Context, int, func(context.Context) (*job, error)) (*job, error) {
	return func(context.Context, int, func(context.Context) (*job, error)) (*job, error) {
		wait()
		return nil, errLost
	}
}

func stuckReport(wait func()) func(context.Context, int, jobstore.Heartbeat, func(context.Context) error) error {
	return func(context.Context, int, jobstore.Heartbeat, func(context.Context) error) error {
		wait()
		return errLost
	}
}

func stuckSettle(wait func()) func(context.Context, int, func(context.Context) error) error {
	return func(context.Context, int, func(context.Context) error) error { wait(); return errLost }
}

// TestReportReturnsBeforeItsStore, behind a write of another report too.
func TestReportReturnsBeforeItsStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{store: memstore.New[string, string](), report: stuckReport(stuck(t))}
		err := run(t, s, func(ctx context.Context, j *job) (string, error) {
			var reports sync.WaitGroup
			for range 3 {
				reports.Go(func() {
					began := time.Now()
					err := jobstore.Report(ctx, 10, "asking")
					if took := time.Since(began); err == nil || took > 6*time.Second {
						t.Errorf("Report returned %v after %v, want an error after 5s", err, took)
					}
					if e, ok := err.(*jobstore.Error); !ok || e.ID != j.ID {
						t.Errorf("Report returned %v, want the ID of the job", err)
					}
				})
			}
			reports.Wait()
			return "out", nil
		}, func(o *jobstore.RunOptions) { o.ReportEvery = 0 })
		if err != nil {
			t.Errorf("Run returned %v, want success", err)
		}
	})
}

// TestAPanicInARenewalEndsNoProcess: one of the store, and one of the partial output that it encodes.
func TestAPanicInARenewalEndsNoProcess(t *testing.T) {
	for name, fault := range map[string]func(n int, h jobstore.Heartbeat){
		"the first renewals":      func(n int, _ jobstore.Heartbeat) { panicIf(n < 5) },
		"each partial output":     func(_ int, h jobstore.Heartbeat) { panicIf(h.Partial != nil) },
		"Goexit of some renewals": func(n int, _ jobstore.Heartbeat) { goexitIf(n < 5) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &faulty{store: memstore.New[string, string]()}
				s.report = func(ctx context.Context, n int, h jobstore.Heartbeat, call func(context.Context) error) error {
					fault(n, h)
					return call(ctx)
				}
				err := run(t, s, func(ctx context.Context, _ *job) (string, error) {
					<-time.After(39500 * time.Millisecond)
					go func() { _ = jobstore.Partial(ctx, "a"); _ = jobstore.Partial(ctx, "b") }()
					<-time.After(10 * time.Minute)
					return "out", ctx.Err()
				})
				if err != nil || s.reports > 30 {
					t.Errorf("Run returned %v after %d renewals", err, s.reports)
				}
			})
		})
	}
}

func panicIf(now bool) {
	if now {
		panic("the table is gone")
	}
}

func goexitIf(now bool) {
	if now {
		runtime.Goexit()
	}
}

// TestReportErrorsNameTheJob, for a log that shows nothing else.
func TestReportErrorsNameTheJob(t *testing.T) {
	for name, answer := range map[string]error{
		"an error of the SDK":         errors.New("503"),
		"a store's error without one": &jobstore.Error{Op: "report", Err: errors.New("503")},
		"a lost lease":                jobstore.ErrLeaseLost,
		"an output that is too large": jobstore.ErrTooLarge,
	} {
		s := &faulty{store: memstore.New[string, string]()}
		s.report = func(context.Context, int, jobstore.Heartbeat, func(context.Context) error) error { return answer }
		var after context.Context
		_ = run(t, s, func(ctx context.Context, j *job) (string, error) {
			after = ctx
			for what, err := range map[string]error{
				"Report":         jobstore.Report(ctx, 10, ""),
				"another Report": jobstore.Report(ctx, 20, ""),
				"Partial":        jobstore.Partial(ctx, "so far"),
				"out of range":   jobstore.Report(ctx, 101, ""),
				"another type":   jobstore.Partial(ctx, 1),
			} {
				e, ok := err.(*jobstore.Error)
				if err != nil && (!ok || e.ID != j.ID) {
					t.Errorf("%s: %s returned %v, want the ID of the job", name, what, err)
				}
			}
			return "out", nil
		}, func(o *jobstore.RunOptions) { o.ReportEvery, o.PartialEvery = 0, 0 })
		if e, ok := jobstore.Report(after, 30, "").(*jobstore.Error); !ok || e.ID == "" {
			t.Errorf("%s: Report after the handler names no job: %v", name, e)
		}
	}
}

// TestASlowWriteGathersNoGoroutines of a handler that shows its output word by word meanwhile.
func TestASlowWriteGathersNoGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, before := &faulty{store: memstore.New[string, string](), report: stuckReport(stuck(t))}, runtime.NumGoroutine()
		_ = run(t, s, func(ctx context.Context, _ *job) (string, error) {
			go func() { _ = jobstore.Report(ctx, 10, "asking") }()
			time.Sleep(time.Millisecond)
			go func() { _ = jobstore.Report(ctx, 20, "writing") }() // is due when the next write may be
			for range 3000 {
				time.Sleep(time.Millisecond)
				_ = jobstore.Partial(ctx, "so far")
			}
			if n := runtime.NumGoroutine() - before; n > 20 {
				t.Errorf("there are %d more goroutines", n)
			}
			return "out", nil
		}, func(o *jobstore.RunOptions) { o.PartialEvery = time.Minute })
	})
}
