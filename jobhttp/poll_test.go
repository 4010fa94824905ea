package jobhttp_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// counting is a store that cannot notify, and counts its reads.
type counting struct {
	jobstore.JobStore[string, string]
	reads atomic.Int64

	mu   sync.Mutex
	read func(*job, error) (*job, error) // nil leaves it as it is
}

// reading sets what becomes of a read.
func (c *counting) reading(f func(*job, error) (*job, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = f
}

func (c *counting) Get(ctx context.Context, id string) (*job, error) {
	c.reads.Add(1)
	j, err := c.JobStore.Get(ctx, id)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read != nil {
		return c.read(j, err)
	}
	return j, err
}

func (c *counting) Cancel(ctx context.Context, id, reason string) (*job, error) {
	return jobstore.Cancel(ctx, c.JobStore, id, reason)
}

// notifying is one that can.
type notifying struct{ *counting }

func (n notifying) Unwrap() jobstore.JobStore[string, string] { return n.JobStore }

// watching is a handler with a pending job, in virtual time.
type watching struct {
	jobs    *memstore.Store[string, string]
	store   *counting
	handler http.Handler
	id      string
	wg      sync.WaitGroup
}

func watched(t *testing.T, opts ...func(*jobhttp.Options)) *watching {
	t.Helper()
	jobs := memstore.New[string, string]()
	created, err := jobs.Create(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	w := &watching{jobs: jobs, store: &counting{JobStore: jobs}, id: created.ID}
	w.handler = jobhttp.New[string, string](w.store, jobhttp.AllowAll, opts...)
	return w
}

// watch has n clients watch the job until ctx ends.
func (w *watching) watch(ctx context.Context, n int, path string) []*httptest.ResponseRecorder {
	recorders := make([]*httptest.ResponseRecorder, n)
	for i := range recorders {
		recorders[i] = httptest.NewRecorder()
		w.wg.Go(func() {
			w.handler.ServeHTTP(recorders[i], httptest.NewRequestWithContext(ctx, "GET", "/"+w.id+path, nil))
		})
	}
	synctest.Wait()
	return recorders
}

// TestReadsDoNotDependOnWatchers, whatever they watch by, also when no one works on the job.
func TestReadsDoNotDependOnWatchers(t *testing.T) {
	reads := func(n int) (total int64) {
		synctest.Test(t, func(t *testing.T) {
			w := watched(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			w.watch(ctx, n, "/events")
			w.watch(ctx, n, "?wait=20s")
			w.wg.Wait()
			total = w.store.reads.Load()
		})
		return total
	}
	one, many := reads(1), reads(200)
	if one != many {
		t.Errorf("%d reads for one, %d for 200", one, many)
	}
	if one > 40 {
		t.Errorf("%d reads in a minute without a change", one)
	}
}

// TestThePollBacksOff to a tenth of the time since the last change, within its bounds.
func TestThePollBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t)
		var at []time.Time
		w.store.read = func(j *job, err error) (*job, error) { // while it holds mu
			at = append(at, time.Now())
			return j, err
		}
		ctx, cancel := context.WithCancel(t.Context())
		w.watch(ctx, 1, "/events")
		pauseAfter := func(d time.Duration) time.Duration {
			w.store.mu.Lock()
			began := len(at)
			w.store.mu.Unlock()
			time.Sleep(d)
			synctest.Wait()
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			if len(at) < began+2 {
				t.Fatalf("%d reads in %v", len(at)-began, d)
			}
			return at[len(at)-1].Sub(at[len(at)-2])
		}
		for _, tt := range []struct{ wait, least, most time.Duration }{
			{4 * time.Second, 500 * time.Millisecond, 500 * time.Millisecond},
			{16 * time.Second, 1500 * time.Millisecond, 2 * time.Second},
			{time.Minute, 5 * time.Second, 5 * time.Second},
		} {
			if got := pauseAfter(tt.wait); got < tt.least || got > tt.most {
				t.Errorf("a pause of %v, want %v to %v", got, tt.least, tt.most)
			}
		}
		if _, err := w.jobs.Claim(t.Context(), w.id, jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		if got := pauseAfter(8 * time.Second); got != 500*time.Millisecond {
			t.Errorf("a pause of %v after a change", got)
		}
		cancel()
		w.wg.Wait()
	})
}

// TestTheLastWatcherStopsThePoll, and HEAD starts none.
func TestTheLastWatcherStopsThePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t)
		first, leave := context.WithCancel(t.Context())
		w.watch(first, 3, "/events")
		second, leaveToo := context.WithCancel(t.Context())
		w.watch(second, 1, "/events")
		leave()
		synctest.Wait()
		before := w.store.reads.Load()
		if time.Sleep(10 * time.Second); w.store.reads.Load() == before {
			t.Error("the watcher that stays has no poll")
		}
		leaveToo()
		w.wg.Wait()
		before = w.store.reads.Load()
		if time.Sleep(time.Hour); w.store.reads.Load() != before {
			t.Errorf("%d reads without a watcher", w.store.reads.Load()-before)
		}
		call(t, w.handler, "HEAD", "/"+w.id+"/events", "")
		call(t, w.handler, "HEAD", "/"+w.id+"?wait=20s", "")
		if time.Sleep(time.Hour); w.store.reads.Load() != before+2 {
			t.Errorf("%d reads for two HEAD", w.store.reads.Load()-before)
		}
	})
}

// TestANotifierIsReadWhenTheJobChanges: at once, through wrappers, and hardly otherwise.
func TestANotifierIsReadWhenTheJobChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t)
		w.handler = jobhttp.New[string, string](notifying{w.store}, jobhttp.AllowAll)
		recorders := w.watch(t.Context(), 5, "/events")
		time.Sleep(time.Minute)
		if got := w.store.reads.Load(); got > 13 {
			t.Errorf("%d reads in a minute without a change", got)
		}
		time.Sleep(time.Second)
		if _, err := w.jobs.Cancel(t.Context(), w.id, "enough"); err != nil {
			t.Fatal(err)
		}
		canceled := time.Now()
		w.wg.Wait()
		if late := time.Since(canceled); late != 0 {
			t.Errorf("the end came %v late", late)
		}
		for _, r := range recorders {
			if !strings.Contains(r.Body.String(), `"canceled":true`) {
				t.Errorf("got %s", r.Body)
			}
		}
	})
}

// TestACancelByTheAPIIsSeenAtOnce by those who watch through the same process.
func TestACancelByTheAPIIsSeenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t)
		w.watch(t.Context(), 2, "/events")
		time.Sleep(time.Minute + 100*time.Millisecond)
		canceled := time.Now()
		if got := call(t, w.handler, "DELETE", "/"+w.id, ""); got.Code != 200 {
			t.Fatal(got.Code, got.Body)
		}
		w.wg.Wait()
		if late := time.Since(canceled); late != 0 {
			t.Errorf("the end came %v late", late)
		}
	})
}

// TestALateReaderSeesNoOldView: one that joins gets a view that is not older than an
// interval, since another server may have shown it that already.
func TestALateReaderSeesNoOldView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t)
		ctx, leave := context.WithCancel(t.Context())
		w.watch(ctx, 1, "/events")
		time.Sleep(time.Minute + time.Second) // the next read is seconds away
		if _, err := w.jobs.Claim(t.Context(), w.id, jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(600 * time.Millisecond)
		if got := w.watch(ctx, 1, "/events")[0].Body.String(); strings.Contains(got, `"pending"`) || !strings.Contains(got, `"processing"`) {
			t.Errorf("got %s", got)
		}
		leave()
		w.wg.Wait()
	})
}

// TestAnOlderStateIsLeftOut: a store that reads from a copy may return one, whatever its
// clock says.
func TestAnOlderStateIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t)
		ctx, leave := context.WithCancel(t.Context())
		old, err := w.jobs.Get(ctx, w.id)
		if err != nil {
			t.Fatal(err)
		}
		claimed, err := w.jobs.Claim(ctx, w.id, jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		old.UpdatedAt = claimed.UpdatedAt.Add(time.Hour) // another's clock
		n := 0
		w.store.read = func(j *job, err error) (*job, error) {
			if n++; n%2 == 0 {
				return old, nil
			}
			return j, err
		}
		r := w.watch(ctx, 1, "/events")[0]
		time.Sleep(5 * time.Second)
		leave()
		w.wg.Wait()
		if strings.Count(r.Body.String(), "data:") != 1 || strings.Contains(r.Body.String(), `"pending"`) {
			t.Errorf("got %s", r.Body)
		}
	})
}

// TestAWatchSurvivesAFailedRead, and ends when the job is gone.
func TestAWatchSurvivesAFailedRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watched(t, func(o *jobhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		failure := errors.New("no connection")
		r := w.watch(t.Context(), 1, "/events")[0]
		w.store.reading(func(*job, error) (*job, error) { return nil, failure })
		time.Sleep(20 * time.Second)
		w.store.reading(nil)
		if _, err := w.jobs.Claim(t.Context(), w.id, jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if strings.Count(r.Body.String(), "data:") != 2 {
			t.Errorf("got %s", r.Body)
		}
		w.store.reading(func(*job, error) (*job, error) { return nil, jobstore.ErrNotFound })
		w.wg.Wait()
	})
}

// TestALargeJobIsReadLessOften: whatever a record's size, a watch takes no more than 20 read units
// a second beside its first read.
func TestALargeJobIsReadLessOften(t *testing.T) {
	for size, want := range map[int]struct{ least, most int64 }{0: {30, 41}, 40 << 10: {30, 41}, 80 << 10: {15, 21}, 400 << 10: {4, 5}} {
		synctest.Test(t, func(t *testing.T) {
			var reads atomic.Int64
			began := time.Now()
			h := jobhttp.New(reading(func(context.Context) (*job, error) {
				n := int(reads.Add(1))
				return &job{ID: "1", Status: jobstore.Processing, Size: size, CreatedAt: began, Reports: n, Progress: n}, nil
			}), jobhttp.AllowAll)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second-time.Millisecond)
			defer cancel()
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil))
			if n := reads.Load(); n > want.most || n < want.least {
				t.Errorf("a record of %d bytes was read %d times in 20 s, want %d to %d", size, n, want.least, want.most)
			}
		})
	}
}
