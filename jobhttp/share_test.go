package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestCallersHaveAShare: one user takes up no more watchers than that, in all jobs and by
// tokens, and leaves room for others.
func TestCallersHaveAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := readTokens(t, "test", newKey)
		h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
			o.ReadTokens, o.MaxCallerWatchers = tokens, 2
		})
		ctx, leave := context.WithCancel(t.Context())
		var watching sync.WaitGroup
		watch := func(user, id, token string) *httptest.ResponseRecorder {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/"+id+"/events", nil)
			r.Header.Set("User", user)
			if token != "" {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			watching.Go(func() { h.ServeHTTP(w, r) })
			synctest.Wait()
			return w
		}
		submit := func(user string) string { return decode(t, call(t, h, "POST", "/", `"q"`, "User", user)).ID }
		first, second, other := submit("ann"), submit("ann"), submit("bob")
		token := func(id string) string { return issueNow(tokens, id, "ann") }
		for n, tt := range []struct {
			user, id, token string
			want            int
		}{
			{"ann", first, "", 200},
			{"ann", second, "", 200},
			{"ann", second, "", 429},
			{"ann", first, "", 429},
			{"", first, token(first), 200},
			{"bob", second, token(second), 200},
			{"", second, token(second), 429},
			{"ann", first, token(first), 429},
			{"bob", other, "", 200},
		} {
			if got := watch(tt.user, tt.id, tt.token); got.Code != tt.want || (tt.want == 429) != (got.Header().Get("Retry-After") != "") {
				t.Errorf("%d: %d %v, want %d", n, got.Code, got.Header(), tt.want)
			}
		}
		leave()
		watching.Wait()
		ctx, leave = context.WithCancel(t.Context())
		if got := watch("ann", second, ""); got.Code != 200 {
			t.Errorf("no room after they left: %d", got.Code)
		}
		leave()
		watching.Wait()
	})
}

// TestAPlaceIsFreeAgain in a job that another goes on watching. Watchers without a name have
// no share: the bounds for the job and in all hold.
func TestAPlaceIsFreeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll, func(o *jobhttp.Options) {
			o.MaxJobWatchers, o.MaxCallerWatchers = 2, 1
		})
		id := decode(t, call(t, h, "POST", "/", `"q"`)).ID
		var watching sync.WaitGroup
		watch := func() (w *httptest.ResponseRecorder, leave func()) {
			ctx, leave := context.WithCancel(t.Context())
			w = httptest.NewRecorder()
			watching.Go(func() { h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/"+id+"/events", nil)) })
			synctest.Wait()
			return w, leave
		}
		_, stay := watch()
		for n := range 3 {
			w, leave := watch()
			if w.Code != 200 {
				t.Errorf("watcher %d: %d", n, w.Code)
			}
			leave()
			synctest.Wait()
		}
		stay()
		watching.Wait()
	})
}

// TestAWatcherOfAnothersJob, such as an operator, takes nothing of the creator's share.
func TestAWatcherOfAnothersJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		everyone := func(r *http.Request, _ jobhttp.Action, _ *job) (string, error) { return user(r) }
		h := jobhttp.New(memstore.New[string, string](), everyone, func(o *jobhttp.Options) { o.MaxCallerWatchers = 1 })
		id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann")).ID
		ctx, leave := context.WithCancel(t.Context())
		var watching sync.WaitGroup
		for _, tt := range []struct {
			user string
			want int
		}{{"operator", 200}, {"ann", 200}, {"operator", 429}} {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/"+id+"/events", nil)
			r.Header.Set("User", tt.user)
			watching.Go(func() { h.ServeHTTP(w, r) })
			synctest.Wait()
			if w.Code != tt.want {
				t.Errorf("%s: %d, want %d", tt.user, w.Code, tt.want)
			}
		}
		leave()
		watching.Wait()
	})
}

// TestNoCallerTakesAllOfAJob: neither the caller nor those with a read token can keep the
// others from watching a job.
func TestNoCallerTakesAllOfAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := readTokens(t, "test", newKey)
		h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
			o.ReadTokens, o.MaxJobWatchers = tokens, 20
		})
		ctx, leave := context.WithCancel(t.Context())
		var watching sync.WaitGroup
		watch := func(name, value, path string) int {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", path, nil)
			r.Header.Set(name, value)
			watching.Go(func() { h.ServeHTTP(w, r) })
			synctest.Wait()
			return w.Code
		}
		id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann")).ID
		for n := range 20 {
			want := 200
			if n >= 18 {
				want = 429
			}
			if got := watch("Authorization", "Bearer "+issueNow(tokens, id, "ann"), "/"+id+"/events"); got != want {
				t.Errorf("by token, %d: %d, want %d", n, got, want)
			}
		}
		for n, want := range []int{200, 200, 429} {
			if got := watch("User", "ann", "/"+id+"/events"); got != want {
				t.Errorf("the caller, %d: %d, want %d", n, got, want)
			}
		}
		leave()
		watching.Wait()
		ctx, leave = context.WithCancel(t.Context())
		if got := watch("User", "ann", "/"+id+"/events"); got != 200 {
			t.Errorf("no room after they left: %d", got)
		}
		leave()
		watching.Wait()
	})
}

// TestLargeJobsTakeUpPlaces of the caller who watches them first. Others who watch the same job,
// and those who watch small ones, take up one each.
func TestLargeJobsTakeUpPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
			o.MaxBody, o.MaxCallerWatchers, o.MaxWatchers = 1<<20, 100, 150
		})
		submit := func(user string, size int) string {
			return decode(t, call(t, h, "POST", "/", `"`+strings.Repeat("x", size)+`"`, "User", user)).ID
		}
		var watching sync.WaitGroup
		ctx, leave := context.WithCancel(t.Context())
		watch := func(user, id string) int {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/"+id+"/events", nil)
			r.Header.Set("User", user)
			watching.Go(func() { h.ServeHTTP(w, r) })
			synctest.Wait()
			return w.Code
		}
		small, others := submit("ann", 10), submit("bob", 300_000)
		for range 2 {
			first := ""
			for n := range 10 {
				id := submit("ann", 300_000)
				if n == 0 {
					first = id
				}
				if got := watch("ann", id); got != 200 {
					t.Errorf("large job %d: %d", n, got)
				}
			}
			for _, id := range []string{first, small} {
				if got := watch("ann", id); got != 429 {
					t.Errorf("one more of ann's: %d", got)
				}
			}
			for n, want := range []int{200, 200, 200} {
				if got := watch("bob", others); got != want {
					t.Errorf("watcher %d of bob's job: %d, want %d", n, got, want)
				}
			}
			leave()
			watching.Wait()
			ctx, leave = context.WithCancel(t.Context())
		}
		leave()
	})
}
