package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestNewWatchersHaveTheJobRead: bob's right to a job is taken away right after a read of it,
// or while a slow one is under way. The next read is a minute away, unless bob's request makes it.
func TestNewWatchersHaveTheJobRead(t *testing.T) {
	for _, slow := range []time.Duration{0, 3 * time.Second} {
		for _, path := range []string{"/1?wait=10ms", "/1/events"} {
			synctest.Test(t, func(t *testing.T) {
				var shared atomic.Bool
				shared.Store(true)
				reads := make(chan struct{}, 1000)
				began := time.Now()
				h := jobhttp.New(reading(func(context.Context) (*job, error) {
					read := &job{ID: "1", Status: jobstore.Pending, Caller: "ann", CreatedAt: began}
					if shared.Load() {
						read.Metadata = map[string]any{"sharedWith": "bob"}
					}
					reads <- struct{}{}
					time.Sleep(slow)
					return read, nil
				}), func(r *http.Request, _ jobhttp.Action, j *job) (string, error) {
					if name := r.Header.Get("User"); j == nil || j.Caller == name || j.Metadata["sharedWith"] == name {
						return name, nil
					}
					return "", jobhttp.ErrForbidden
				}, func(o *jobhttp.Options) {
					o.PollInterval, o.MaxPollInterval, o.MaxWatch = time.Second, time.Hour, time.Hour
				})
				ctx, cancel := context.WithTimeout(t.Context(), 14*time.Minute)
				defer cancel()
				go func() {
					r := httptest.NewRequestWithContext(ctx, "GET", "/1/events", nil)
					r.Header.Set("User", "ann")
					h.ServeHTTP(httptest.NewRecorder(), r)
				}()
				for time.Since(began) < 10*time.Minute {
					<-reads
				}
				shared.Store(false)
				time.Sleep(max(slow, 2*time.Second))
				if w := call(t, h, "GET", path, "", "User", "bob"); w.Code != 404 {
					t.Errorf("a read takes %v: GET %s: %d", slow, path, w.Code)
				}
			})
		}
	}
}
