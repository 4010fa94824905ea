package jobhttp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// inTurn answers reads in turn, the last one again and again.
func inTurn(reads ...func(context.Context) (*job, error)) readStore {
	return reading(func(ctx context.Context) (*job, error) {
		read := reads[0]
		reads = reads[min(1, len(reads)-1):]
		return read(ctx)
	})
}

func returns(j *job) func(context.Context) (*job, error) {
	return func(context.Context) (*job, error) { return j, nil }
}

// TestTheSameCallersNextJob ends the watches of the one before. A copy of the one before that
// a store reads late is left out.
func TestTheSameCallersNextJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		first := &job{ID: "1", Status: jobstore.Processing, Attempt: 7, CreatedAt: began.Add(-time.Hour), ProgressMessage: "first"}
		second := &job{ID: "1", Status: jobstore.Processing, Attempt: 1, CreatedAt: began, ProgressMessage: "second"}
		end := &job{ID: "1", Status: jobstore.Complete, Attempt: 1, CreatedAt: began, Output: "end"}
		for name, tt := range map[string]struct {
			jobs     readStore
			has, not string
		}{
			"the next": {inTurn(returns(first), returns(second), returns(end)), "first", "second"},
			"a copy":   {inTurn(returns(second), returns(first), returns(end)), "end", "first"},
		} {
			asked := time.Now()
			w := call(t, jobhttp.New(tt.jobs, jobhttp.AllowAll), "GET", "/1/events", "")
			if got := w.Body.String(); !strings.Contains(got, tt.has) || strings.Contains(got, tt.not) || time.Since(asked) > 2*time.Second {
				t.Errorf("%s: after %v %s", name, time.Since(asked), got)
			}
		}
	})
}

// TestAFailedFirstReadIsForThoseBefore: who comes while it hangs waits for a read of their own.
func TestAFailedFirstReadIsForThoseBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(inTurn(func(context.Context) (*job, error) {
			time.Sleep(3 * time.Second)
			return nil, errors.New("throttled")
		}, func(context.Context) (*job, error) {
			time.Sleep(time.Second)
			return &job{ID: "1", Status: jobstore.Complete}, nil
		}), jobhttp.AllowAll, func(o *jobhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		early := make(chan int)
		go func() { early <- call(t, h, "GET", "/1?wait=20s", "").Code }()
		time.Sleep(time.Second)
		if w := call(t, h, "GET", "/1?wait=20s", ""); w.Code != http.StatusOK {
			t.Errorf("late: %d", w.Code)
		}
		if code := <-early; code != http.StatusInternalServerError {
			t.Errorf("early: %d", code)
		}
	})
}

// TestTheEndOfAWatchIsNoFailedRead: the read that ends with its last watcher is not logged.
func TestTheEndOfAWatchIsNoFailedRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := jobhttp.New(inTurn(returns(&job{ID: "1", Status: jobstore.Pending}), func(ctx context.Context) (*job, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}), jobhttp.AllowAll, func(o *jobhttp.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil))
		synctest.Wait()
		if log.Len() > 0 {
			t.Errorf("logged %s", &log)
		}
	})
}

// TestAJobThatCannotBeShownEndsTheWatch: further reads would show nothing either.
func TestAJobThatCannotBeShownEndsTheWatch(t *testing.T) {
	shown := &job{ID: "1", Status: jobstore.Pending}
	for name, next := range map[string]func(context.Context) (*job, error){
		"no JSON": returns(&job{ID: "1", Status: jobstore.Processing, Attempt: 1, Metadata: map[string]any{"n": math.Inf(1)}}),
		"broken":  func(context.Context) (*job, error) { return shown, jobstore.ErrDecode },
		"gone":    func(context.Context) (*job, error) { return nil, jobstore.ErrNotFound },
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			h := jobhttp.New(inTurn(returns(shown), next), jobhttp.AllowAll, func(o *jobhttp.Options) { o.ShowMetadata = true })
			call(t, h, "GET", "/1/events", "")
			if took := time.Since(began); took > time.Second {
				t.Errorf("%s: the watch took %v", name, took)
			}
		})
	}
}

// TestAReadHasATimeLimit, so that a store that hangs does not keep a client waiting, and no
// client that has gone is waited for.
func TestAReadHasATimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		h := jobhttp.New(reading(func(ctx context.Context) (*job, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}), jobhttp.AllowAll, func(o *jobhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		if w := call(t, h, "GET", "/1/events", ""); w.Code != http.StatusInternalServerError || time.Since(began) != 10*time.Second {
			t.Errorf("%d after %v", w.Code, time.Since(began))
		}
		began = time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil))
		if took := time.Since(began); took != time.Second {
			t.Errorf("the client left after a second, and the handler after %v", took)
		}
	})
}

// TestASlowReadOfTheEndIsForAll who came until it returned: no read follows.
func TestASlowReadOfTheEndIsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			time.Sleep(3 * time.Second)
			return &job{ID: "1", Status: jobstore.Complete}, nil
		}), jobhttp.AllowAll)
		early := make(chan int)
		go func() { early <- call(t, h, "GET", "/1?wait=20s", "").Code }()
		time.Sleep(time.Second)
		if w := call(t, h, "GET", "/1?wait=20s", ""); w.Code != http.StatusOK || time.Since(began) != 3*time.Second {
			t.Errorf("late: %d after %v", w.Code, time.Since(began))
		}
		if code := <-early; code != http.StatusOK {
			t.Errorf("early: %d", code)
		}
	})
}

// notifyStore counts who listens.
type notifyStore struct {
	readStore
	listen *atomic.Int64
}

func (s notifyStore) Notify(string) (<-chan struct{}, func()) {
	s.listen.Add(1)
	return make(chan struct{}), func() { s.listen.Add(-1) }
}

// TestTheLastWatcherStopsListening, also when the job ends.
func TestTheLastWatcherStopsListening(t *testing.T) {
	for _, status := range []jobstore.Status{jobstore.Pending, jobstore.Complete} {
		synctest.Test(t, func(t *testing.T) {
			var listen atomic.Int64
			h := jobhttp.New(notifyStore{reading(returns(&job{ID: "1", Status: status})), &listen}, jobhttp.AllowAll)
			call(t, h, "GET", "/1?wait=1s", "")
			synctest.Wait()
			if n := listen.Load(); n != 0 {
				t.Errorf("%s: %d listen", status, n)
			}
		})
	}
}

// slowWriter blocks a write until it is let go.
type slowWriter struct {
	http.ResponseWriter
	letGo chan struct{}
}

func (w slowWriter) Write(data []byte) (int, error) {
	<-w.letGo
	return w.ResponseWriter.Write(data)
}

// TestALeaverOfAnOldPollLeavesTheNewOne: a job that was retried is watched anew while a slow
// reader still gets the end of the attempts before.
func TestALeaverOfAnOldPollLeavesTheNewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int64
		end := &job{ID: "1", Status: jobstore.Failed, Attempt: 1}
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			if reads.Add(1) == 1 {
				return end, nil
			}
			return &job{ID: "1", Status: jobstore.Processing, Attempt: 2}, nil
		}), jobhttp.AllowAll)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		watch := func(w http.ResponseWriter) {
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil))
		}
		slow := slowWriter{httptest.NewRecorder(), make(chan struct{})}
		go watch(slow)
		synctest.Wait()
		perMinute := func() int64 {
			before := reads.Load()
			time.Sleep(time.Minute)
			return reads.Load() - before
		}
		go watch(httptest.NewRecorder())
		perMinute() // backs off
		one := perMinute()
		close(slow.letGo)
		synctest.Wait()
		go watch(httptest.NewRecorder())
		if two := perMinute(); one == 0 || two > one+2 {
			t.Errorf("%d reads a minute for two, %d for one", two, one)
		}
	})
}

// TestABrokenRecordIsNotTheClientsFault: it is logged, and answered as an error of the server.
func TestABrokenRecordIsNotTheClientsFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		broken := fmt.Errorf("attempt: %w: %w", jobstore.ErrInvalid, jobstore.ErrDecode)
		h := jobhttp.New(reading(func(context.Context) (*job, error) { return &job{ID: "1"}, broken }), jobhttp.AllowAll,
			func(o *jobhttp.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		for _, path := range []string{"/1", "/1?wait=1s", "/1/events"} {
			log.Reset()
			if w := call(t, h, "GET", path, ""); w.Code != http.StatusInternalServerError || log.Len() == 0 {
				t.Errorf("%s: %d, logged %s", path, w.Code, &log)
			}
		}
	})
}

// TestANewcomerWaitsForTheReadThatRuns, and asks for no other.
func TestANewcomerWaitsForTheReadThatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int64
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			reads.Add(1)
			time.Sleep(300 * time.Millisecond) // the second read is from 0.8 s to 1.1 s
			return &job{ID: "1", Status: jobstore.Pending}, nil
		}), jobhttp.AllowAll)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		watch := func() {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil))
		}
		go watch()
		time.Sleep(time.Second)
		go watch()
		time.Sleep(500 * time.Millisecond)
		if n := reads.Load(); n != 2 {
			t.Errorf("%d reads, want 2", n)
		}
	})
}
