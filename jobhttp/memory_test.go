package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
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

const large = 100_000 // of an output. It takes 200 KB beside a watcher

// growing is an API of jobs that become large while they are watched.
type growing struct {
	jobs     *memstore.Store[string, string]
	api      http.Handler
	watching sync.WaitGroup
	writing  atomic.Int64  // large events that are not read
	letGo    chan struct{} // closed when they are
}

// newGrowing has room for 1.3 MB of one caller, and for five callers.
func newGrowing(opts ...func(*jobhttp.Options)) *growing {
	g := &growing{jobs: memstore.New[string, string](), letGo: make(chan struct{})}
	team := func(r *http.Request, _ jobhttp.Action, j *job) (string, error) {
		caller, err := user(r)
		if j == nil || j.Caller == caller || j.Caller == "team" || caller == "helper" && !j.Status.Finished() {
			return caller, err
		}
		return "", jobhttp.ErrForbidden
	}
	bounded := func(o *jobhttp.Options) { o.MaxCallerWatchers, o.MaxWatchers = 50, 250 }
	g.api = jobhttp.New(g.jobs, team, append([]func(*jobhttp.Options){bounded}, opts...)...)
	return g
}

func (g *growing) create(t *testing.T, caller string) string {
	job, err := g.jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.Caller = caller })
	if err != nil {
		t.Fatal(err)
	}
	return job.ID
}

// watch has a user watch a job, whose large events are read at once or when all are let go.
func (g *growing) watch(t *testing.T, user, id string, reads bool) *httptest.ResponseRecorder {
	recorded := httptest.NewRecorder()
	w := http.ResponseWriter(recorded)
	if !reads {
		w = growingWriter{recorded, g}
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/"+id+"/events", nil)
	r.Header.Set("User", user)
	g.watching.Go(func() { g.api.ServeHTTP(w, r) })
	synctest.Wait()
	return recorded
}

type growingWriter struct {
	http.ResponseWriter
	g *growing
}

func (w growingWriter) Write(data []byte) (int, error) {
	if len(data) >= large {
		w.g.writing.Add(1)
		defer w.g.writing.Add(-1)
		<-w.g.letGo
	}
	return w.ResponseWriter.Write(data)
}

// complete ends a job with a large output.
func (g *growing) complete(t *testing.T, id string) {
	err := jobstore.Run(t.Context(), g.jobs, id, func(context.Context, *job) (string, error) { return strings.Repeat("x", large), nil })
	if err != nil {
		t.Error(err)
	}
	synctest.Wait()
}

// run claims a job. Each large output that it sends to the channel is stored as a partial one.
func (g *growing) run(t *testing.T, id string) (output chan<- string) {
	outputs := make(chan string)
	g.watching.Go(func() {
		err := jobstore.Run(t.Context(), g.jobs, id, func(ctx context.Context, _ *job) (string, error) {
			last := ""
			for last = range outputs {
				if err := jobstore.Partial(ctx, last); err != nil {
					t.Error(err)
				}
			}
			return last, nil
		}, func(o *jobstore.RunOptions) { o.MaxPartialBytes = 2 * large })
		if err != nil {
			t.Error(err)
		}
	})
	return outputs
}

func ended(w *httptest.ResponseRecorder) bool {
	return strings.Contains(w.Body.String(), `"status":"complete"`)
}

// TestJobsThatBecomeLargeAtOnce: the events of a caller who does not read them take as much
// memory as that caller's watchers, and no watcher misses an end. Others see theirs at once.
func TestJobsThatBecomeLargeAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGrowing()
		var ids []string
		var all []*httptest.ResponseRecorder
		for range 40 {
			id := g.create(t, "ann")
			ids, all = append(ids, id), append(all, g.watch(t, "ann", id, false))
		}
		for _, id := range ids {
			g.complete(t, id)
		}
		time.Sleep(time.Minute)
		if n := g.writing.Load(); n < 5 || n > 6 {
			t.Errorf("%d events of 200 KB are in memory, want what 1.3 MB has room for", n)
		}
		for _, path := range []string{"/events", "?wait=1s"} {
			for _, user := range []string{"bob", "helper"} { // who may read the state for which there was room
				if w := call(t, g.api, "GET", "/"+ids[39]+path, "", "User", user); w.Code != 404 {
					t.Errorf("%s by %s: %d", user, path, w.Code)
				}
			}
		}
		of := g.create(t, "bob")
		watched := g.watch(t, "bob", of, true)
		if g.complete(t, of); !ended(watched) {
			t.Errorf("bob has seen %.300s", watched.Body)
		}
		close(g.letGo)
		g.watching.Wait()
		for n, w := range all {
			if !ended(w) {
				t.Errorf("watcher %d has seen %.300s", n, w.Body)
			}
		}
	})
}

// TestLargeStatesLeaveRoom for ends: those of jobs that go on may stay for long, and have half of
// the room.
func TestLargeStatesLeaveRoom(t *testing.T) {
	for name, few := range map[string]int{"": 50, "for less than one": 10} {
		synctest.Test(t, func(t *testing.T) {
			g := newGrowing(func(o *jobhttp.Options) { o.MaxCallerWatchers, o.MaxWatchers = few, few })
			var outputs []chan<- string
			var running []*httptest.ResponseRecorder
			for range min(8, few-2) {
				id := g.create(t, "ann")
				outputs, running = append(outputs, g.run(t, id)), append(running, g.watch(t, "ann", id, true))
				outputs[len(outputs)-1] <- strings.Repeat("x", large)
			}
			time.Sleep(3 * time.Second)
			synctest.Wait()
			shown := 0
			for _, w := range running {
				shown += min(1, w.Body.Len()/large)
			}
			if most := max(1, few*26/2/200); shown != most {
				t.Errorf("%s: %d running jobs show their large outputs, want %d", name, shown, most)
			}
			id := g.create(t, "ann")
			watched := g.watch(t, "ann", id, true)
			if g.complete(t, id); !ended(watched) {
				t.Errorf("%s: the end of another job: %.300s", name, watched.Body)
			}
			for _, output := range outputs {
				close(output)
			}
			g.watching.Wait()
			for _, w := range running {
				if !ended(w) {
					t.Errorf("%s: seen %.300s", name, w.Body)
				}
			}
		})
	}
}

// TestSlowReadersOfALargeJob: each is at another state of it. Together they hold no more than
// there is room for, and others see the end.
func TestSlowReadersOfALargeJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGrowing()
		id := g.create(t, "ann")
		output := g.run(t, id)
		var slow []*httptest.ResponseRecorder
		for n := range 30 {
			slow = append(slow, g.watch(t, "ann", id, false))
			output <- strings.Repeat(string(rune('a'+n%26)), large+n)
			time.Sleep(time.Second)
		}
		states := map[string]bool{}
		close(output)
		time.Sleep(time.Second)
		close(g.letGo)
		g.watching.Wait()
		for n, w := range slow {
			if !ended(w) {
				t.Errorf("watcher %d: %.300s", n, w.Body)
			}
			for line := range strings.Lines(w.Body.String()) {
				if strings.HasPrefix(line, "id: ") {
					states[line] = true
				}
			}
		}
		if len(states) > 10 {
			t.Errorf("%d states were held", len(states))
		}
	})
}

// TestSlowReadersKeepNoEndFromOthers: there is room for less than one state, and eve reads none.
func TestSlowReadersKeepNoEndFromOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGrowing(func(o *jobhttp.Options) { o.MaxCallerWatchers = 4 })
		id := g.create(t, "team")
		output, bob := g.run(t, id), g.watch(t, "bob", id, true)
		for n := range 2 {
			g.watch(t, "eve", id, false)
			output <- strings.Repeat("x", large+n)
			time.Sleep(10 * time.Second)
		}
		close(output)
		time.Sleep(time.Second)
		if synctest.Wait(); !ended(bob) {
			t.Errorf("bob has seen %.300s", bob.Body)
		}
		close(g.letGo)
		g.watching.Wait()
	})
}

// TestNoCallerKeepsAStateFromOthers: ann has begun to watch the team's job, and has no room for
// more. Bob has, who comes later.
func TestNoCallerKeepsAStateFromOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGrowing()
		ofTeam := g.create(t, "team")
		output := g.run(t, ofTeam)
		g.watch(t, "ann", ofTeam, true)
		for range 10 {
			id := g.create(t, "ann")
			g.watch(t, "ann", id, false)
			g.complete(t, id)
		}
		output <- strings.Repeat("x", large)
		time.Sleep(3 * time.Second)
		bob := g.watch(t, "bob", ofTeam, true)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if bob.Body.Len() < large {
			t.Errorf("bob has seen %.300s", bob.Body)
		}
		close(output)
		synctest.Wait()
		if !ended(bob) {
			t.Errorf("bob has not seen the end")
		}
		close(g.letGo)
		g.watching.Wait()
	})
}

// TestReadsAtOnceAreBounded, since each may have a large record in memory. Those who wait do so for
// longer than a slow read takes.
func TestReadsAtOnceAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int64
		began := time.Now()
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(200 * time.Millisecond)
			return &job{ID: "1", Status: jobstore.Complete, CreatedAt: began}, nil
		}), jobhttp.AllowAll)
		var watching sync.WaitGroup
		for n := range 200 {
			watching.Go(func() {
				if w := call(t, h, "GET", "/"+strconv.Itoa(n)+"/events", ""); !ended(w) {
					t.Errorf("watcher %d: %d %s", n, w.Code, w.Body)
				}
			})
		}
		watching.Wait()
		if most.Load() > 64 {
			t.Errorf("%d reads at once", most.Load())
		}
	})
}

// slowStore does not return the jobs of one caller.
type slowStore struct {
	jobstore.JobStore[string, string]
	end chan struct{}
}

func (s slowStore) Get(ctx context.Context, id string) (*job, error) {
	j, err := s.JobStore.Get(ctx, id)
	if err == nil && j.Caller == "slow" {
		<-s.end
		return nil, jobstore.ErrNotFound // which ends the watch
	}
	return j, err
}

// TestSlowReadsKeepNoOtherWaiting: a caller may watch jobs that are slow to read, such as those of a
// throttled partition. Four times a second 64 of the reads give up their places.
func TestSlowReadsKeepNoOtherWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		g := newGrowing()
		s := slowStore{g.jobs, make(chan struct{})}
		g.api = jobhttp.New(s, jobhttp.OwnJobs[string, string](user))
		for range 300 {
			r := httptest.NewRequestWithContext(ctx, "GET", "/"+g.create(t, "slow")+"/events", nil)
			r.Header.Set("User", "slow")
			g.watching.Go(func() { g.api.ServeHTTP(httptest.NewRecorder(), r) })
		}
		id, asked := g.create(t, "other"), time.Now()
		g.complete(t, id)
		w := g.watch(t, "other", id, true)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if !ended(w) {
			t.Errorf("after %v: %d %s", time.Since(asked), w.Code, w.Body)
		}
		leave()
		close(s.end)
		g.watching.Wait()
	})
}
