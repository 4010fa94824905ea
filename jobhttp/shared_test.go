package jobhttp_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// readStore is a store whose reads are a test's.
type readStore struct {
	jobstore.JobStore[string, string]
	get func(context.Context) (*job, error)
}

func (s readStore) Get(ctx context.Context, _ string) (*job, error) { return s.get(ctx) }

func reading(get func(context.Context) (*job, error)) readStore {
	return readStore{memstore.New[string, string](), get}
}

// TestWatchersShareNoContext: a store that finds its tenant in the context reads nothing
// for all, and never the job of the tenant whose watcher came first.
func TestWatchersShareNoContext(t *testing.T) {
	type tenant struct{}
	jobs := reading(func(ctx context.Context) (*job, error) {
		of, ok := ctx.Value(tenant{}).(string)
		if !ok {
			return nil, errors.New("no tenant")
		}
		return &job{ID: "1", Status: jobstore.Pending, Input: "secret of " + of}, nil
	})
	h := jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) { o.ShowInput, o.Logger = true, slog.New(slog.DiscardHandler) })
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		send := func(of, path string) string {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(context.WithValue(ctx, tenant{}, of), "GET", path, nil))
			return w.Body.String()
		}
		go send("ann", "/1/events")
		synctest.Wait()
		for _, path := range []string{"/1/events", "/1?wait=1s"} {
			if got := send("bob", path); strings.Contains(got, "secret of ann") {
				t.Errorf("%s: %s", path, got)
			}
		}
		if got := send("bob", "/1"); !strings.Contains(got, "secret of bob") {
			t.Errorf("a read of one's own: %s", got)
		}
	})
}

// TestAWatchIsOfOneJob: another job that is created with the ID is another caller's.
func TestAWatchIsOfOneJob(t *testing.T) {
	for path, want := range map[string]int{"/1/events": 200, "/1?wait=20s": 404} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			h := jobhttp.New(reading(func(context.Context) (*job, error) {
				if time.Since(began) < 3*time.Second {
					return &job{ID: "1", Status: jobstore.Pending, Caller: "ann", CreatedAt: began}, nil
				}
				return &job{ID: "1", Status: jobstore.Complete, Caller: "bob", CreatedAt: began.Add(time.Second), Output: "secret"}, nil
			}), jobhttp.OwnJobs[string, string](user))
			w := call(t, h, "GET", path, "", "User", "ann")
			if w.Code != want || strings.Contains(w.Body.String(), "secret") || time.Since(began) > 10*time.Second {
				t.Errorf("%s: %d after %v: %s", path, w.Code, time.Since(began), w.Body)
			}
		})
	}
}

// TestAPanicOfAReadEndsTheWatch, and not the process with all its other watches.
func TestAPanicOfAReadEndsTheWatch(t *testing.T) {
	for _, path := range []string{"/1/events", "/1?wait=20s"} {
		for reads := range 2 {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				h := jobhttp.New(reading(func(context.Context) (*job, error) {
					if reads--; reads < 0 {
						panic("secret")
					}
					return &job{ID: "1", Status: jobstore.Pending}, nil
				}), jobhttp.AllowAll, func(o *jobhttp.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
				w := call(t, h, "GET", path, "")
				if reads >= 0 || w.Code == 200 && !strings.HasSuffix(path, "events") {
					t.Errorf("%s: %d", path, w.Code)
				}
				if !strings.Contains(log.String(), "panic") || strings.Contains(log.String()+w.Body.String(), "secret") {
					t.Errorf("%s: logged %s", path, &log)
				}
			})
		}
	}
}

// notifyingStore has a Notify that is a test's.
type notifyingStore struct {
	readStore
	notify func()
}

func (s notifyingStore) Notify(string) (<-chan struct{}, func()) {
	s.notify()
	return nil, func() {}
}

// TestAPollThatEndsEndsTheWatch, and not the process, nor does it leave the watch without states.
func TestAPollThatEndsEndsTheWatch(t *testing.T) {
	pending := func(context.Context) (*job, error) { return &job{ID: "1", Status: jobstore.Pending}, nil }
	reads := 0
	for name, jobs := range map[string]jobstore.JobStore[string, string]{
		"Notify panics":             notifyingStore{reading(pending), func() { panic("secret") }},
		"Notify ends its goroutine": notifyingStore{reading(pending), runtime.Goexit},
		"a read ends its goroutine": reading(func(ctx context.Context) (*job, error) {
			if reads++; reads > 1 {
				runtime.Goexit()
			}
			return pending(ctx)
		}),
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			h := jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) })
			if w := call(t, h, "GET", "/1/events", ""); time.Since(began) > 10*time.Second || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s: after %v: %d %s", name, time.Since(began), w.Code, w.Body)
			}
		})
	}
}
