package jobhttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// waited is what a long poll got, and when.
type waited struct {
	*httptest.ResponseRecorder
	after time.Duration
}

// poll sends a long poll, while other does something to the job, in virtual time.
func poll(t *testing.T, query, known string, deadline time.Duration, other func(*memstore.Store[string, string], string)) (got waited) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		jobs := memstore.New[string, string]()
		h := jobhttp.New(jobs, jobhttp.AllowAll)
		created, err := jobs.Create(t.Context(), "q")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, "GET", "/"+created.ID+query, nil)
		known = strings.ReplaceAll(known, "current", call(t, h, "GET", "/"+created.ID, "").Header().Get("ETag"))
		if known != "" {
			r.Header.Set("If-None-Match", known)
		}
		go other(jobs, created.ID)
		began, w := time.Now(), httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got = waited{w, time.Since(began)}
	})
	return got
}

func TestLongPoll(t *testing.T) {
	nothing := func(*memstore.Store[string, string], string) {}
	claimAt5 := func(jobs *memstore.Store[string, string], id string) {
		time.Sleep(5 * time.Second)
		_, _ = jobs.Claim(context.Background(), id, jobstore.Lease{Owner: jobstore.NewID(), Until: time.Now().Add(time.Minute)})
	}
	doneAt7 := func(jobs *memstore.Store[string, string], id string) {
		_ = jobstore.Run(context.Background(), jobs, id, func(ctx context.Context, _ *job) (string, error) {
			time.Sleep(7 * time.Second)
			return "done", nil
		})
	}
	canceledAt5 := func(jobs *memstore.Store[string, string], id string) {
		time.Sleep(5 * time.Second)
		_, _ = jobs.Cancel(context.Background(), id, "enough")
	}
	const long = time.Hour
	for name, tt := range map[string]struct {
		query, known string
		deadline     time.Duration
		other        func(*memstore.Store[string, string], string)
		status       int
		after        time.Duration
		body         string
	}{
		"until it changes":               {"?wait=20s", "current", long, claimAt5, 200, 5 * time.Second, `"processing"`},
		"no change":                      {"?wait=10s", "current", long, nothing, 304, 10 * time.Second, ""},
		"another view":                   {"?wait=10s", `"other"`, long, nothing, 200, 0, `"pending"`},
		"a list of views":                {"?wait=10s", `"a", W/current`, long, nothing, 304, 10 * time.Second, ""},
		"any view":                       {"?wait=10s", "*", long, nothing, 304, 10 * time.Second, ""},
		"more than a client has":         {"?wait=10s", strings.Repeat(`"a", `, 1000) + "*", long, nothing, 200, 0, `"pending"`},
		"until it ends":                  {"?wait=20s", "", long, doneAt7, 200, 7 * time.Second, `"done"`},
		"until it is canceled":           {"?wait=20s", "", long, canceledAt5, 200, 5 * time.Second, `"canceled":true`},
		"no end":                         {"?wait=10s", "", long, claimAt5, 200, 10 * time.Second, `"processing"`},
		"longer than allowed":            {"?wait=1h", "", long, nothing, 200, 20 * time.Second, `"pending"`},
		"longer than the invocation":     {"?wait=20s", "current", 10 * time.Second, nothing, 304, 8 * time.Second, ""},
		"in an invocation about to end":  {"?wait=20s", "", time.Second, nothing, 200, 0, `"pending"`},
		"not at all":                     {"?wait=0", "", long, nothing, 200, 0, `"pending"`},
		"a number":                       {"?wait=20", "", long, nothing, 400, 0, "detail"},
		"nothing":                        {"?wait=", "", long, nothing, 400, 0, "detail"},
		"a time before":                  {"?wait=-1s", "", long, nothing, 400, 0, "detail"},
		"a word":                         {"?wait=soon", "", long, nothing, 400, 0, "detail"},
		"longer than a duration can say": {"?wait=999999999h", "", long, nothing, 400, 0, "detail"},
	} {
		got := poll(t, tt.query, tt.known, tt.deadline, tt.other)
		if got.Code != tt.status || got.after != tt.after || !strings.Contains(got.Body.String(), tt.body) {
			t.Errorf("%s: %d after %v: %s, want %d after %v", name, got.Code, got.after, got.Body, tt.status, tt.after)
		}
		if tt.status == 304 && (got.Body.Len() > 0 || got.Header().Get("ETag") == "") {
			t.Errorf("%s: %v %s", name, got.Header(), got.Body)
		}
	}
}

// TestLongPollOfAFinishedJob does not wait: nothing comes.
func TestLongPollOfAFinishedJob(t *testing.T) {
	jobs := memstore.New[string, string]()
	h := jobhttp.New(jobs, jobhttp.AllowAll)
	created, err := jobs.Create(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.Cancel(t.Context(), created.ID, "enough"); err != nil {
		t.Fatal(err)
	}
	w := call(t, h, "GET", "/"+created.ID+"?wait=20s", "")
	if w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := call(t, h, "GET", "/"+created.ID+"?wait=20s", "", "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("known: %d %s", w.Code, w.Body)
	}
	if w := call(t, h, "GET", "/missing?wait=20s", ""); w.Code != http.StatusNotFound {
		t.Errorf("missing: %d %s", w.Code, w.Body)
	}
}
