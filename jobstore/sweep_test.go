package jobstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func quietly(o *jobstore.SweepOptions) { o.Logger = slog.New(slog.DiscardHandler) }

// TestSweepStopsInTime and goes on with the next call.
func TestSweepStopsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		for range 90 {
			newJob(t, s)
		}
		time.Sleep(time.Hour)
		started := map[string]int{}
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			began := time.Now()
			swept, err := jobstore.Sweep(ctx, s, func(_ context.Context, j jobstore.Stuck) error {
				started[j.ID]++
				time.Sleep(1500 * time.Millisecond)
				return nil
			}, quietly)
			if took := time.Since(began); took > 29*time.Second || err != nil {
				t.Errorf("a sweep of 30 s took %v, %v", took, err)
			}
			if swept.Early != (swept.Started == 19) {
				t.Errorf("%+v, want it to say when it stopped early", swept)
			}
			cancel()
		}
		for id, n := range started {
			if n != 1 {
				t.Errorf("%s was started %d times", id, n)
			}
		}
		if len(started) != 90 {
			t.Errorf("%d of 90 jobs were started", len(started))
		}
	})
}

// searching is a Sweeper whose search hangs, as one behind a slow network.
type searching struct{}

func (searching) Stuck(ctx context.Context, _ time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		<-ctx.Done()
		yield(jobstore.Stuck{}, ctx.Err())
	}
}

func TestASearchThatHangsEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		swept, err := jobstore.Sweep(ctx, searching{}, startNothing, quietly)
		if took := time.Since(began); took != 28*time.Second || err != nil || !swept.Early {
			t.Errorf("%+v, %v after %v, want it to be early after 28s", swept, err, took)
		}
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		if _, err := jobstore.Sweep(ctx, searching{}, startNothing, quietly); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that was canceled: %v", err)
		}
	})
}

// rearming is a store whose first re-arming hangs.
type rearming struct {
	*store
	calls *int
}

func (r rearming) Rearm(ctx context.Context, job jobstore.Stuck, at time.Time) (bool, error) {
	if *r.calls++; *r.calls == 1 {
		<-ctx.Done()
		return false, ctx.Err()
	}
	return r.store.Rearm(ctx, job, at)
}

// TestAHandOverThatHangsEndsInTime: a write costs the other jobs five seconds, and a start
// leaves the time to take it back and to tell what was done.
func TestAHandOverThatHangsEndsInTime(t *testing.T) {
	for name, c := range map[string]struct {
		store func(*store) jobstore.Sweeper
		start func(context.Context, jobstore.Stuck) error
		took  time.Duration
		swept jobstore.Swept
	}{
		"a write": {func(s *store) jobstore.Sweeper { return rearming{s, new(int)} }, startNothing, 5 * time.Second, jobstore.Swept{Started: 2, Failed: 1}},
		"a start": {func(s *store) jobstore.Sweeper { return s }, func(ctx context.Context, _ jobstore.Stuck) error {
			<-ctx.Done()
			return ctx.Err()
		}, 29 * time.Second, jobstore.Swept{Failed: 1, Early: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memstore.New[string, string]()
				for range 3 {
					newJob(t, s)
				}
				time.Sleep(time.Hour)
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				began := time.Now()
				swept, err := jobstore.Sweep(ctx, c.store(s), c.start, quietly)
				if took := time.Since(began); took != c.took || swept != c.swept || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%+v, %v after %v, want %+v after %v", swept, err, took, c.swept, c.took)
				}
				time.Sleep(2 * time.Minute)
				if swept, err = jobstore.Sweep(t.Context(), s, startNothing, quietly); swept.Started != 3-c.swept.Started || err != nil {
					t.Errorf("the next sweep did %+v, %v", swept, err)
				}
			})
		})
	}
}

// hanging is a Rearmer of two jobs, of which the store does not return the first, or panics.
type hanging struct {
	end    chan struct{}
	panics bool
}

func (hanging) Stuck(context.Context, time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		_ = yield(jobstore.Stuck{ID: "1"}, nil) && yield(jobstore.Stuck{ID: "2"}, nil)
	}
}

func (s hanging) Rearm(_ context.Context, job jobstore.Stuck, _ time.Time) (bool, error) {
	switch {
	case job.ID == "1" && s.panics:
		panic("broken")
	case job.ID == "1":
		<-s.end
	}
	return true, nil
}

func TestAJobWhoseStoreHangsKeepsNoOther(t *testing.T) {
	for _, panics := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, began, started := hanging{make(chan struct{}), panics}, time.Now(), ""
			defer close(s.end)
			swept, err := jobstore.Sweep(t.Context(), s, func(_ context.Context, j jobstore.Stuck) error {
				started += j.ID
				return nil
			}, quietly)
			if started != "2" || swept.Started != 1 || swept.Failed != 1 || err == nil {
				t.Errorf("panics %t: started %s, %+v, %v", panics, started, swept, err)
			}
			if took := time.Since(began); took > 6*time.Second {
				t.Errorf("panics %t: it took %v", panics, took)
			}
		})
	}
}

func startNothing(context.Context, jobstore.Stuck) error { return nil }

// broken is a store whose re-arming fails, or says that another sweep was faster.
type broken struct {
	*store
	mine bool
	err  error
}

func (b broken) Rearm(context.Context, jobstore.Stuck, time.Time) (bool, error) { return b.mine, b.err }

// TestWhatASweepReports counts the jobs by what became of them.
func TestWhatASweepReports(t *testing.T) {
	anHourLater := func(o *jobstore.SweepOptions) { o.Now = func() time.Time { return time.Now().Add(time.Hour) } }
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		wrap  func(*store) jobstore.Sweeper
		start error
		want  jobstore.Swept
		calls int
		log   string
	}{
		"all started":       {func(s *store) jobstore.Sweeper { return s }, nil, jobstore.Swept{Started: 3}, 3, "level=INFO"},
		"no start works":    {func(s *store) jobstore.Sweeper { return s }, boom, jobstore.Swept{Failed: 3}, 3, "level=ERROR"},
		"another's":         {func(s *store) jobstore.Sweeper { return broken{store: s} }, nil, jobstore.Swept{Taken: 3}, 0, "level=INFO"},
		"no write works":    {func(s *store) jobstore.Sweeper { return broken{s, false, boom} }, nil, jobstore.Swept{Failed: 3}, 0, "level=ERROR"},
		"without re-arming": {func(s *store) jobstore.Sweeper { return struct{ jobstore.Sweeper }{s} }, nil, jobstore.Swept{Started: 3}, 3, "level=INFO"},
	} {
		s, log, calls := memstore.New[string, string](), &bytes.Buffer{}, 0
		for range 3 {
			newJob(t, s)
		}
		got, err := jobstore.Sweep(t.Context(), c.wrap(s), func(context.Context, jobstore.Stuck) error { calls++; return c.start }, anHourLater,
			func(o *jobstore.SweepOptions) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
		if got != c.want || calls != c.calls {
			t.Errorf("%s: %+v after %d calls, want %+v after %d", name, got, calls, c.want, c.calls)
		}
		if failed := c.want.Failed > 0; errors.Is(err, boom) != failed {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(log.String(), c.log) {
			t.Errorf("%s: logged %s, want %s", name, log, c.log)
		}
	}
	log := &bytes.Buffer{}
	_, err := jobstore.Sweep(t.Context(), memstore.New[string, string](), startNothing, func(o *jobstore.SweepOptions) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
	if err != nil || log.Len() > 0 {
		t.Errorf("a sweep that finds nothing: %v, logged %s", err, log)
	}
}

// TestAStartThatFails is tried again by the next sweep, a minute later, and later when it
// works. A job that was claimed all the same is left alone.
func TestAStartThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New[string, string]()
		id, claimed := newJob(t, s), newJob(t, s)
		time.Sleep(time.Hour)
		sweep := func(start func(context.Context, jobstore.Stuck) error) (ids []string) {
			_, _ = jobstore.Sweep(t.Context(), s, func(ctx context.Context, j jobstore.Stuck) error {
				ids = append(ids, j.ID)
				return start(ctx, j)
			}, quietly)
			return ids
		}
		first := sweep(func(ctx context.Context, j jobstore.Stuck) error {
			if j.ID == claimed {
				if _, err := s.Claim(ctx, claimed, jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)}); err != nil {
					t.Error(err)
				}
			}
			return errLost
		})
		time.Sleep(time.Minute)
		second := sweep(startNothing)
		time.Sleep(10 * time.Minute)
		third := sweep(startNothing)
		if len(first) != 2 || len(second) != 1 || second[0] != id || len(third) != 0 {
			t.Errorf("the sweeps started %v, %v and %v, want both, the one that was not claimed, and none", first, second, third)
		}
		if got := get(t, s, claimed); time.Until(got.LeaseUntil) < 45*time.Minute {
			t.Errorf("the claimed job is held until %v", got.LeaseUntil)
		}
	})
}

// TestAStartThatFailsIsNotPutOff beyond a back-off that is shorter.
func TestAStartThatFailsIsNotPutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, calls := memstore.New[string, string](), 0
		newJob(t, s)
		time.Sleep(time.Hour)
		for range 2 {
			_, _ = jobstore.Sweep(t.Context(), s, func(context.Context, jobstore.Stuck) error { calls++; return errLost }, quietly,
				func(o *jobstore.SweepOptions) { o.Backoff = func(int) time.Duration { return 10 * time.Second } })
			time.Sleep(10 * time.Second)
		}
		if calls != 2 {
			t.Errorf("%d starts, want another after the back-off", calls)
		}
	})
}

// TestSweepBackoff: a job is started again later each time, whatever the back-off says
// after a second at the earliest.
func TestSweepBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, asked := memstore.New[string, string](), ""
		id := newJob(t, s)
		time.Sleep(time.Hour)
		for range 3 {
			_, err := jobstore.Sweep(t.Context(), s, startNothing, quietly, func(o *jobstore.SweepOptions) {
				o.Backoff = func(n int) time.Duration { asked += fmt.Sprint(n); return -time.Hour }
			})
			if err != nil {
				t.Error(err)
			}
			time.Sleep(time.Second)
		}
		if got := get(t, s, id); asked != "123" || got.HandOvers != 3 {
			t.Errorf("asked for %s, and the job was started %d times; want 123 and 3", asked, got.HandOvers)
		}
	})
}
