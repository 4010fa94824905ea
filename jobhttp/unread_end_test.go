package jobhttp_test

import (
	"context"
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

// TestUnreadAnswersKeepNoEndFromOthers: who has the job's token, or no name, asks for one answer after the
// other and reads none. Another one who watches by it is shown the end.
func TestUnreadAnswersKeepNoEndFromOthers(t *testing.T) {
	for _, creator := range []string{"app", ""} {
		synctest.Test(t, func(t *testing.T) {
			tokens, jobs := readTokens(t, "test", newKey), memstore.New[string, string]()
			h := jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) {
				o.ReadTokens, o.ShowInput, o.MaxCallerWatchers, o.MaxWatchers = tokens, true, 20, 100 // 520 KB, and 2.6 MB
			})
			job, err := jobs.Create(t.Context(), strings.Repeat("x", 40<<10), func(o *jobstore.CreateOptions) { o.Caller = creator })
			if err != nil {
				t.Fatal(err)
			}
			ctx, leave := context.WithCancel(t.Context())
			letGo := make(chan struct{})
			ask := func(path string) *httptest.ResponseRecorder {
				r := httptest.NewRequestWithContext(ctx, "GET", "/"+job.ID+path, nil)
				r.Header.Set("Authorization", "Bearer "+jobhttp.IssueToken(tokens, job, time.Minute))
				w := httptest.NewRecorder()
				if path == "" {
					h.ServeHTTP(slowWriter{w, letGo}, r)
				} else {
					h.ServeHTTP(w, r)
				}
				return w
			}
			var running sync.WaitGroup
			var seen *httptest.ResponseRecorder
			running.Go(func() { seen = ask("/events") })
			synctest.Wait()
			for range 20 {
				running.Go(func() { ask("") })
			}
			synctest.Wait()
			if err := jobstore.Run(t.Context(), jobs, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) {
				return strings.Repeat("y", 200<<10), nil
			}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
			synctest.Wait()
			close(letGo)
			leave()
			running.Wait()
			if body := seen.Body.String(); !strings.Contains(body, `"status":"complete"`) {
				t.Errorf("%q: got %.300s", creator, body)
			}
		})
	}
}
