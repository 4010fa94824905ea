package jobhttp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// refusing are handlers that refuse each POST, before it and while it is prepared.
func refusing(err error, opts ...func(*jobhttp.Options)) map[string]http.Handler {
	authorize := func(*http.Request, jobhttp.Action, *job) (string, error) { return "", fmt.Errorf("plan: %w", err) }
	prepare := func(o *jobhttp.Options) {
		o.Prepare = func(*http.Request, *jobstore.CreateOptions) error { return fmt.Errorf("plan: %w", err) }
	}
	return map[string]http.Handler{
		"Authorize": jobhttp.New(memstore.New[string, string](), authorize, opts...),
		"Prepare":   jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll, append(opts, prepare)...),
	}
}

// TestRefusal is answered as it says, and logged only if no answer can be so.
func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		jobhttp.Refusal
		status     int
		retryAfter string
		logged     bool
	}{
		{jobhttp.Refusal{Status: 429, Detail: "3 jobs at once", RetryAfter: 30 * time.Second}, 429, "30", false},
		{jobhttp.Refusal{Status: 429, RetryAfter: time.Millisecond}, 429, "1", false},
		{jobhttp.Refusal{Status: 429, RetryAfter: -time.Second}, 429, "", false},
		{jobhttp.Refusal{Status: 402, Detail: "the trial is over"}, 402, "", false},
		{jobhttp.Refusal{Status: 403, Detail: "not on \"free\" <b>plans</b>"}, 403, "", false},
		{jobhttp.Refusal{Status: 401}, 401, "", false},
		{jobhttp.Refusal{Status: 503, RetryAfter: 100 * time.Hour}, 503, "360000", false},
		{jobhttp.Refusal{Status: 200, Detail: "fine"}, 500, "", true},
		{jobhttp.Refusal{Status: 600}, 500, "", true},
		{jobhttp.Refusal{Status: 304}, 500, "", true},
		{jobhttp.Refusal{}, 500, "", true},
	} {
		var log bytes.Buffer
		for by, h := range refusing(&tt.Refusal, func(o *jobhttp.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) }) {
			log.Reset()
			w := call(t, h, "POST", "/", `"q"`)
			var got struct {
				Status int
				Detail string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != tt.status || got.Status != tt.status || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %+v: %d %s, %v; want %d", by, tt.Refusal, w.Code, w.Body, err, tt.status)
			}
			if want := map[bool]string{false: tt.Detail}[tt.logged]; got.Detail != want {
				t.Errorf("%s: %+v: the detail is %q", by, tt.Refusal, got.Detail)
			}
			if got := w.Header().Get("Retry-After"); got != tt.retryAfter {
				t.Errorf("%s: %+v: Retry-After is %q, want %q", by, tt.Refusal, got, tt.retryAfter)
			}
			if (w.Header().Get("WWW-Authenticate") != "") != (tt.status == 401) {
				t.Errorf("%s: %+v: %v", by, tt.Refusal, w.Header())
			}
			if (log.Len() > 0) != tt.logged {
				t.Errorf("%s: %+v: logged %q", by, tt.Refusal, &log)
			}
		}
	}
}

// TestNilRefusal, as of a function whose result is a *Refusal, is a fault that the log explains.
func TestNilRefusal(t *testing.T) {
	var log bytes.Buffer
	for by, h := range refusing((*jobhttp.Refusal)(nil), func(o *jobhttp.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) }) {
		log.Reset()
		if w := call(t, h, "POST", "/", `"q"`); w.Code != 500 || !strings.Contains(log.String(), "a nil *jobhttp.Refusal") {
			t.Errorf("%s: %d, logged %s", by, w.Code, &log)
		}
	}
}

// TestRefusalOfEachAction: before the job is read as the Authorize says, and about a job as if
// there was none.
func TestRefusalOfEachAction(t *testing.T) {
	jobs := memstore.New[string, string]()
	if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
		t.Fatal(err)
	}
	for _, about := range []bool{false, true} {
		h := jobhttp.New(jobs, func(_ *http.Request, _ jobhttp.Action, j *job) (string, error) {
			if about == (j != nil) {
				return "", &jobhttp.Refusal{Status: 429, Detail: "wait"}
			}
			return "ann", nil
		})
		for _, request := range []string{"GET /1", "GET /1?wait=1s", "GET /1/events", "HEAD /1/events", "DELETE /1", "GET /"} {
			method, path, _ := strings.Cut(request, " ")
			want := map[bool]int{false: 429, true: 404}[about]
			if about && path == "/" {
				want = 200 // of the jobs that ann may see
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
			if w.Code != want {
				t.Errorf("%s, about a job: %t: %d, want %d", request, about, w.Code, want)
			}
		}
	}
}

// TestPrepareKnowsTheCaller, and the ID that an Idempotency-Key stands for.
func TestPrepareKnowsTheCaller(t *testing.T) {
	var seen []jobstore.CreateOptions
	h := jobhttp.New(memstore.New[string, string](), jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
		o.Prepare = func(_ *http.Request, o *jobstore.CreateOptions) error {
			seen = append(seen, *o)
			return nil
		}
	})
	id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann", "Idempotency-Key", "k")).ID
	call(t, h, "POST", "/", `"q"`, "User", "bob")
	if len(seen) != 2 || seen[0].Caller != "ann" || seen[0].ID != id || seen[1].Caller != "bob" || seen[1].ID != "" {
		t.Errorf("got %+v, want ann's job %s and bob's", seen, id)
	}
}
