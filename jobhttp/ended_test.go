package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestAServerThatEndsSaysSo: the contexts of all requests end with it, and a client that is
// still there must not take what was not done for done.
func TestAServerThatEndsSaysSo(t *testing.T) {
	jobs, ended := memstore.New[string, string](), func() {}
	slow := func(r *http.Request, _ jobhttp.Action, _ *job) (string, error) {
		ended()
		return "ann", r.Context().Err()
	}
	if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID, o.Caller = "1", "ann" }); err != nil {
		t.Fatal(err)
	}
	h := jobhttp.New(jobs, slow)
	for _, request := range []string{"GET /", "POST /", "GET /1", "GET /1?wait=1s", "GET /1/events", "DELETE /1"} {
		ctx, end := context.WithCancel(t.Context())
		ended = end
		checkEnded(t, h, ctx, request)
	}
	if job, err := jobs.Get(t.Context(), "1"); err != nil || job.Canceled {
		t.Errorf("the job: %+v, %v", job, err)
	}
}

// TestALongPollOfAServerThatEnds waits for the job when the server ends.
func TestALongPollOfAServerThatEnds(t *testing.T) {
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, end)
	checkEnded(t, jobhttp.New(jobs, jobhttp.AllowAll), ctx, "GET /1?wait=20s")
}

func checkEnded(t *testing.T, h http.Handler, ctx context.Context, request string) {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(`"q"`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%s: %d %v, want 503 and when to try again", request, w.Code, w.Header())
	}
}
