package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestTokensLeaveRoom in a job without a caller, such as one that the server has created, for an
// operator who may see all jobs. So does a limit that is smaller than ten.
func TestTokensLeaveRoom(t *testing.T) {
	everyone := func(r *http.Request, _ jobhttp.Action, _ *job) (string, error) { return user(r) }
	for limit, most := range map[int]int{1: 1, 2: 1, 5: 4, 20: 18} {
		synctest.Test(t, func(t *testing.T) {
			tokens, jobs := readTokens(t, "test", newKey), memstore.New[string, string]()
			h := jobhttp.New(jobs, everyone, func(o *jobhttp.Options) { o.ReadTokens, o.MaxJobWatchers = tokens, limit })
			created, err := jobs.Create(t.Context(), "q")
			if err != nil {
				t.Fatal(err)
			}
			ctx, leave := context.WithCancel(t.Context())
			var watching sync.WaitGroup
			watch := func(name, value string) int {
				w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/"+created.ID+"/events", nil)
				r.Header.Set(name, value)
				watching.Go(func() { h.ServeHTTP(w, r) })
				synctest.Wait()
				return w.Code
			}
			got := 0
			for range limit {
				if watch("Authorization", "Bearer "+jobhttp.IssueToken(tokens, created, time.Minute)) == 200 {
					got++
				}
			}
			if got != most {
				t.Errorf("of %d watchers %d have a token, want %d", limit, got, most)
			}
			if code := watch("User", "operator"); (code == 200) != (limit > most) {
				t.Errorf("of %d watchers, the operator gets %d", limit, code)
			}
			leave()
			watching.Wait()
		})
	}
}
