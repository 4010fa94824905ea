package jobhttp_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestACancelByASlowClock ends a watch, although the worker's clock has made the state before
// it look younger.
func TestACancelByASlowClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ahead := 3 * time.Second
		jobs := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return time.Now().Add(ahead) } })
		if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
			t.Fatal(err)
		}
		busy := func(context.Context, *job) (string, error) { return "", errors.New("busy") }
		_ = jobstore.Run(t.Context(), jobs, "1", busy) // it waits for its next attempt
		ahead = 0
		h, w, done := jobhttp.New(jobs, jobhttp.AllowAll), httptest.NewRecorder(), make(chan struct{})
		go func() {
			defer close(done)
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/1/events", nil))
		}()
		synctest.Wait()
		if w := call(t, h, "DELETE", "/1", ""); w.Code != 200 {
			t.Fatalf("cancel: %d %s", w.Code, w.Body)
		}
		began := time.Now()
		<-done
		if took := time.Since(began); took > time.Minute || !strings.Contains(w.Body.String(), `"canceled":true`) {
			t.Errorf("the watch ended after %v with %s", took, w.Body)
		}
	})
}
