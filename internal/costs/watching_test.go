package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// reading is a store that counts its reads, and does not notify, as a table.
type reading struct {
	jobs
	reads atomic.Int64
}

func (r *reading) Get(ctx context.Context, id string) (*job, error) {
	r.reads.Add(1)
	return r.jobs.Get(ctx, id)
}

// change claims a job and reports, so often in a minute as a busy job changes.
func change(ctx context.Context, store jobs, id string, pause time.Duration) error {
	claimed, err := store.Claim(ctx, id, jobstore.Lease{Owner: "o", Until: time.Now().Add(time.Hour)})
	for i := 1; i < changes && err == nil; i++ {
		time.Sleep(pause)
		err = store.Report(ctx, claimed.Claim(), jobstore.Heartbeat{Seq: i, Progress: &jobstore.Progress{Percent: i}})
	}
	return err
}

// TestWatching measures a minute of one watcher, of a job that does not change, and of
// one that does.
func TestWatching(t *testing.T) {
	for way, watch := range map[string]func(context.Context, http.Handler, string) counts{
		"server-sent events":     stream,
		"long polls of 20 s":     poll(20*time.Second, 0),
		"a plain GET every 2 s":  poll(0, 2*time.Second),
		"a plain GET every 10 s": poll(0, 10*time.Second),
	} {
		for _, busy := range []bool{false, true} {
			flow := way
			if busy {
				flow += ", busy"
			}
			t.Run(flow, func(t *testing.T) {
				virtually(t, func(t *testing.T) { measureWatch(t, flow, busy, watch) })
			})
		}
	}
}

func measureWatch(t *testing.T, flow string, busy bool, watch func(context.Context, http.Handler, string) counts) {
	mem := memstore.New[string, string]()
	store := &reading{jobs: mem}
	created, err := mem.Create(t.Context(), "why?")
	if err != nil {
		t.Fatal(err)
	}
	if busy {
		go func() {
			time.Sleep(37123 * time.Microsecond) // no change at the moment of a read
			if err := change(t.Context(), mem, created.ID, time.Minute/changes-17*time.Microsecond); err != nil {
				t.Error(err)
			}
		}()
	}
	m := &meter{T: t, flow: watch(t.Context(), jobhttp.New[string, string](store, jobhttp.AllowAll), "/"+created.ID)}
	m.flow.Reads = float64(store.reads.Load())
	m.check(flow, m.flow)
}

// TestLongestWatch measures a page that stays, and connects again at the end of each watch.
func TestLongestWatch(t *testing.T) {
	for _, longest := range longest {
		t.Run(longest.String(), func(t *testing.T) {
			virtually(t, func(t *testing.T) { measureStay(t, longest) })
		})
	}
}

func measureStay(t *testing.T, longest time.Duration) {
	store := &reading{jobs: memstore.New[string, string]()}
	created, err := store.Create(t.Context(), "why?")
	if err != nil {
		t.Fatal(err)
	}
	api := jobhttp.New[string, string](store, jobhttp.AllowAll, func(o *jobhttp.Options) { o.MaxWatch = longest - time.Millisecond }) // no end at the moment of a read
	m := &meter{T: t, flow: counts{Invocations: int(watched / longest), Seconds: watched.Seconds()}}
	for range m.flow.Invocations {
		api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/"+created.ID+"/events", nil))
	}
	m.flow.Reads = float64(store.reads.Load())
	m.check(watchesOf(longest), m.flow)
}

// minute does not end at the moment of a read.
const minute = time.Minute - time.Millisecond

func stream(ctx context.Context, api http.Handler, path string) counts {
	ctx, cancel := context.WithTimeout(ctx, minute)
	defer cancel()
	api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", path+"/events", nil))
	return counts{Invocations: 1, Seconds: 60}
}

// poll asks again at once after a wait, or after a pause without one.
func poll(wait, pause time.Duration) func(context.Context, http.Handler, string) counts {
	return func(ctx context.Context, api http.Handler, path string) (c counts) {
		tag := ""
		for end := time.Now().Add(minute); time.Now().Before(end); time.Sleep(pause) {
			r, w := httptest.NewRequestWithContext(ctx, "GET", path, nil), httptest.NewRecorder()
			if wait > 0 && tag != "" {
				r.URL.RawQuery = "wait=" + min(wait, time.Until(end)).String()
			}
			r.Header.Set("If-None-Match", tag)
			began := time.Now()
			api.ServeHTTP(w, r)
			tag = w.Header().Get("ETag")
			c.Invocations++
			c.Seconds += time.Since(began).Seconds()
		}
		return c
	}
}
