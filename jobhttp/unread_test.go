package jobhttp_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
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
