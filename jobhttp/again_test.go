package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// watchWhile has ann watch a job by path. It completes with a secret a second later, and
// before is called just before that.
func watchWhile(t *testing.T, authorize jobhttp.Authorize[string, string], path string, before func()) *httptest.ResponseRecorder {
	t.Helper()
	jobs := memstore.New[string, string]()
	h := jobhttp.New(jobs, authorize)
	id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann")).ID
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	seen := make(chan *httptest.ResponseRecorder)
	go func() {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/"+id+path, nil)
		r.Header.Set("User", "ann")
		h.ServeHTTP(w, r)
		seen <- w
	}()
	time.Sleep(time.Second)
	before()
	if err := jobstore.Run(ctx, jobs, id, func(context.Context, *job) (string, error) { return "secret", nil }); err != nil {
		t.Fatal(err)
	}
	return <-seen
}

// TestEachStateIsAuthorized: a caller who may see a job until it ends sees no more of it
// by a watch or a long poll than by a read.
func TestEachStateIsAuthorized(t *testing.T) {
	own := jobhttp.OwnJobs[string, string](user)
	until := func(r *http.Request, a jobhttp.Action, j *job) (string, error) {
		if j != nil && j.Status.Finished() {
			return "", jobhttp.ErrForbidden
		}
		return own(r, a, j)
	}
	for path, want := range map[string]int{"/events": 200, "?wait=20s": 404} {
		synctest.Test(t, func(t *testing.T) {
			got := watchWhile(t, until, path, func() {})
			if got.Code != want || strings.Contains(got.Body.String(), "secret") {
				t.Errorf("%s: %d %s", path, got.Code, got.Body)
			}
		})
	}
}

// TestRevokedWhileWatching: a session that ends meanwhile sees no further state, and is
// answered as in a new request.
func TestRevokedWhileWatching(t *testing.T) {
	for path, want := range map[string]int{"/events": 200, "?wait=20s": 401} {
		synctest.Test(t, func(t *testing.T) {
			var revoked atomic.Bool
			sessions := jobhttp.OwnJobs[string, string](func(r *http.Request) (string, error) {
				if revoked.Load() {
					return "", jobhttp.ErrUnauthenticated
				}
				return user(r)
			})
			got := watchWhile(t, sessions, path, func() { revoked.Store(true) })
			if got.Code != want || strings.Contains(got.Body.String(), "secret") {
				t.Errorf("%s: %d %s", path, got.Code, got.Body)
			}
		})
	}
}

// TestASessionIsLookedUpAgain where an Authorize does so without the job only.
func TestASessionIsLookedUpAgain(t *testing.T) {
	for path, want := range map[string]int{"/events": 200, "?wait=20s": 401} {
		synctest.Test(t, func(t *testing.T) {
			var revoked atomic.Bool
			own := jobhttp.OwnJobs[string, string](user)
			sessions := func(r *http.Request, a jobhttp.Action, j *job) (string, error) {
				if j == nil && revoked.Load() {
					return "", jobhttp.ErrUnauthenticated
				}
				return own(r, a, j)
			}
			got := watchWhile(t, sessions, path, func() { revoked.Store(true) })
			if got.Code != want || strings.Contains(got.Body.String(), "secret") {
				t.Errorf("%s: %d %s", path, got.Code, got.Body)
			}
		})
	}
}

// TestAnUnchangedJobIsAuthorizedOnce: an Authorize may be slow, such as one that looks up a
// session.
func TestAnUnchangedJobIsAuthorizedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		counting := func(r *http.Request, a jobhttp.Action, j *job) (string, error) {
			if a == jobhttp.Read {
				asked.Add(1)
			}
			return user(r)
		}
		h := jobhttp.New(memstore.New[string, string](), counting)
		id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann")).ID
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/"+id+"/events", nil))
		if n := asked.Load(); n != 2 {
			t.Errorf("asked %d times, want 2", n)
		}
	})
}

// TestEachChangeIsAuthorizedOnce, and not each heartbeat after it.
func TestEachChangeIsAuthorizedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		h := jobhttp.New(inTurn(
			returns(&job{ID: "1", Status: jobstore.Pending}),
			returns(&job{ID: "1", Status: jobstore.Processing, Attempt: 1}),
		), func(_ *http.Request, _ jobhttp.Action, j *job) (string, error) {
			if j != nil {
				asked.Add(1)
			}
			return "ann", nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil))
		if n := asked.Load(); n != 2 {
			t.Errorf("asked %d times, want 2", n)
		}
	})
}
