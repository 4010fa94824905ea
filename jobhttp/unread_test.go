package jobhttp_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestUnreadAnswersAreBounded: by caller and in all, one of each caller is let through, and small
// ones are.
func TestUnreadAnswersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
			o.ShowInput, o.MaxCallerWatchers, o.MaxWatchers = true, 10, 20 // 260 KB, and 520 KB
		})
		submit := func(user string, kb int) string {
			return decode(t, call(t, h, "POST", "/", `"`+strings.Repeat("x", kb<<10)+`"`, "User", user)).ID
		}
		letGo, writing := make(chan struct{}), sync.WaitGroup{}
		code := func(user, path string) int {
			w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
			r.Header.Set("User", user)
			writing.Go(func() { h.ServeHTTP(slowWriter{w, letGo}, r) })
			synctest.Wait()
			return w.Code
		}
		large := map[string]string{}
		for _, user := range []string{"ann", "bob", "eve", "joe"} {
			large[user] = "/" + submit(user, 120)
		}
		small := "/" + submit("ann", 1)
		refused := call(t, h, "GET", large["ann"], "", "User", "ann")
		if refused.Code != 200 {
			t.Errorf("without others: %d", refused.Code)
		}
		for n, tt := range []struct {
			user, path string
			want       int
		}{
			{"ann", large["ann"], 200},
			{"ann", "/", 200},
			{"ann", large["ann"], 429},
			{"ann", "/", 429},
			{"ann", small, 200},
			{"bob", large["bob"], 200},
			{"bob", large["bob"], 200},
			{"eve", large["eve"], 200},
			{"eve", large["eve"], 503},
			{"joe", "/", 200},
		} {
			if tt.want != 200 {
				if got := call(t, h, "GET", tt.path, "", "User", tt.user); got.Code != tt.want || got.Header().Get("Retry-After") == "" {
					t.Errorf("%d: %s got %d, want %d and a Retry-After", n, tt.user, got.Code, tt.want)
				}
			} else if got := code(tt.user, tt.path); got != http.StatusOK {
				t.Errorf("%d: %s got %d", n, tt.user, got)
			}
		}
		close(letGo)
		writing.Wait()
		for user, path := range large {
			if got := call(t, h, "GET", path, "", "User", user); got.Code != 200 {
				t.Errorf("%s after all were read: %d", user, got.Code)
			}
		}
	})
}

// TestTheLargestLimitsBoundNothing: a caller watches a job twice, and leaves two large answers unread.
func TestTheLargestLimitsBoundNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
			o.ShowInput, o.MaxJobWatchers, o.MaxCallerWatchers, o.MaxWatchers = true, math.MaxInt, math.MaxInt, math.MaxInt
		})
		path := "/" + decode(t, call(t, h, "POST", "/", `"`+strings.Repeat("x", 120<<10)+`"`, "User", "ann")).ID
		letGo, writing := make(chan struct{}), sync.WaitGroup{}
		for range 2 {
			for _, of := range []string{path, path + "/events"} {
				w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", of, nil)
				r.Header.Set("User", "ann")
				writing.Go(func() { h.ServeHTTP(slowWriter{w, letGo}, r) })
				synctest.Wait()
				if w.Code != http.StatusOK {
					t.Errorf("%s got %d", of, w.Code)
				}
			}
		}
		close(letGo)
		call(t, h, "DELETE", path, "", "User", "ann") // ends the watches
		writing.Wait()
	})
}

// TestUnreadAnswersOfOneToken leave room for the tokens of other jobs of the same caller, and of
// a job without a caller.
func TestUnreadAnswersOfOneToken(t *testing.T) {
	for _, creator := range []string{"app", ""} {
		synctest.Test(t, func(t *testing.T) {
			tokens, jobs := readTokens(t, "test", newKey), memstore.New[string, string]()
			h := jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) {
				o.ReadTokens, o.ShowInput, o.MaxCallerWatchers, o.MaxWatchers = tokens, true, 20, 100 // 520 KB, and 2.6 MB
			})
			letGo, reading := make(chan struct{}), sync.WaitGroup{}
			get := func(token string, to http.ResponseWriter, path string) {
				r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
				r.Header.Set("Authorization", "Bearer "+token)
				reading.Go(func() { h.ServeHTTP(to, r) })
				synctest.Wait()
			}
			var paths, issued []string
			for range 2 {
				job, err := jobs.Create(t.Context(), strings.Repeat("x", 40<<10), func(o *jobstore.CreateOptions) { o.Caller = creator })
				if err != nil {
					t.Fatal(err)
				}
				paths, issued = append(paths, "/"+job.ID), append(issued, jobhttp.IssueToken(tokens, job, time.Minute))
			}
			refused := 0
			for range 20 {
				w := httptest.NewRecorder()
				get(issued[0], slowWriter{w, letGo}, paths[0])
				if w.Code == http.StatusTooManyRequests {
					refused++
				}
			}
			if refused == 0 {
				t.Errorf("%q: none of 20 unread answers about one job is refused", creator)
			}
			other := httptest.NewRecorder()
			get(issued[1], other, paths[1])
			if other.Code != http.StatusOK {
				t.Errorf("%q: the token of another job gets %d", creator, other.Code)
			}
			close(letGo)
			reading.Wait()
		})
	}
}
