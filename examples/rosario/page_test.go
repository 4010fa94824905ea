package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestSixJobsAtOnce asks a model that answers no question before it has got all six.
func TestSixJobsAtOnce(t *testing.T) {
	const jobs = 6
	var all sync.WaitGroup
	all.Add(jobs)
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		all.Done()
		all.Wait()
		fmt.Fprint(w, `{"claude_response":"together"}`)
	}))
	defer model.Close()
	a := newApp(t, config{claude: model.URL})
	var watched sync.WaitGroup
	for range jobs {
		created := createJob(t, a, "hello")
		watched.Go(func() {
			if seen, err := a.watch(t.Context(), created, func(job) {}); err != nil || seen[len(seen)-1].Output != "together" {
				t.Errorf("saw %v, %v", seen, err)
			}
		})
	}
	watched.Wait()
}

// TestPolicy: the page loads and calls nothing of another site, and no other site frames it
// to have the person click there.
func TestPolicy(t *testing.T) {
	w := httptest.NewRecorder()
	page().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	policy := strings.Split(w.Header().Get("Content-Security-Policy"), "; ")
	slices.Sort(policy)
	want := []string{"base-uri 'none'", "connect-src 'self'", "default-src 'none'", "form-action 'none'", "frame-ancestors 'none'", "img-src data:", "script-src 'self'", "style-src 'self'"}
	if !slices.Equal(policy, want) {
		t.Errorf("got  %q\nwant %q", policy, want)
	}
}

// createJob asks a question as the page does, and returns the job's ID.
func createJob(t *testing.T, a *app, question string) string {
	t.Helper()
	body, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(a.url+"/jobs/", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var created jobhttp.View[string]
	if err := json.NewDecoder(resp.Body).Decode(&created); err != nil || resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	return created.ID
}

// TestRetryIsAuthorized: without the job and with it, and a refusal tells nothing of it.
func TestRetryIsAuthorized(t *testing.T) {
	jobs := memstore.New[string, string]()
	for _, id := range []string{"mine", "theirs", "running"} {
		if _, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID, o.Caller = id, id }); err != nil {
			t.Fatal(err)
		}
		if id == "running" {
			continue
		}
		_ = jobstore.Run(t.Context(), jobs, id, func(context.Context, *job) (string, error) {
			return "", jobstore.Permanent(errors.New("no"))
		})
	}
	own := func(r *http.Request, action jobhttp.Action, j *job) (string, error) {
		switch {
		case r.Header.Get("Stranger") != "", j != nil && j.Caller == "theirs", action != retryAction:
			return "", jobhttp.ErrForbidden
		}
		return "me", nil
	}
	mux := http.NewServeMux()
	mux.Handle("POST /jobs/{id}/retry", retry(jobs, own))
	for _, tt := range []struct {
		id, stranger string
		want         int
	}{
		{"mine", "yes", 403},
		{"theirs", "", 404},
		{"none", "", 404},
		{"mine", "", 200},
		{"mine", "", 409},
		{"running", "", 409},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/jobs/"+tt.id+"/retry", nil)
		r.Header.Set("Stranger", tt.stranger)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%+v: got %d %s", tt, w.Code, w.Body)
		}
	}
}

// TestEmptyQuestions are refused by the API, as by submitquery.
func TestEmptyQuestions(t *testing.T) {
	a := newApp(t, config{})
	for _, question := range []string{`""`, `" \n\t"`, `null`} {
		resp, err := http.Post(a.url+"/jobs/", "application/json", strings.NewReader(question))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if media := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusBadRequest || media != "application/problem+json" {
			t.Errorf("%s: %s, %s", question, resp.Status, media)
		}
	}
}

// TestFailingAtOnceIsOnTheTimeline, unlike the sweeps that find nothing to do.
func TestFailingAtOnceIsOnTheTimeline(t *testing.T) {
	a := newApp(t, config{})
	id := createJob(t, a, refused)
	if seen, err := a.watch(t.Context(), id, func(job) {}); err != nil || seen[len(seen)-1].Status != jobstore.Failed {
		t.Fatalf("saw %v, %v", seen, err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); ; <-tick.C {
		var events, sweeps int
		for _, i := range invocations(a.local.Trace()) {
			if i.Trigger == "event" && i.End != 0 {
				events++
			}
		}
		if sweeps = strings.Count(a.local.Trace(), "scheduled"); events == 1 && sweeps > 1 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d events and %d sweeps, want the one of the job:\n%s", events, sweeps, a.local.Trace())
		}
	}
}

func TestInvocations(t *testing.T) {
	const trace = `
     1.000 s  work                 aaaaaaaa  batch of 1 from shardId-0, 1 to 1
     1.000 s  work                 aaaaaaaa  started
     1.001 s  work                 bbbbbbbb  queued
     1.002 s  work                 aaaaaaaa  returned after 0.002 s
     1.003 s  work                 bbbbbbbb  started
     2.000 s  work                 cccccccc  scheduled
     2.000 s  work                 cccccccc  queued
     2.000 s  work                 cccccccc  started
     2.001 s  work                 cccccccc  returned after 0.001 s
     3.000 s  front                dddddddd  started
     3.500 s  front                dddddddd  failed after 0.500 s: errorString
     3.600 s  work                 eeeeeeee  queued
     3.600 s  work                 eeeeeeee  started
     3.601 s  work                 eeeeeeee  failed after 0.001 s: errorString
     3.601 s  work                 eeeeeeee  tried again in 1s
     4.601 s  work                 eeeeeeee  started
     4.602 s  work                 eeeeeeee  returned after 0.001 s
     4.000 s  work                           2 of 2 records filtered out
`
	want := []ran{
		{Function: "work", Request: "aaaaaaaa", Trigger: "stream", Start: 1, End: 1.002, started: true},
		{Function: "work", Request: "bbbbbbbb", Trigger: "event", Queued: 1.001, Start: 1.003, started: true},
		{Function: "front", Request: "dddddddd", Trigger: "request", Start: 3, End: 3.5, Failed: true, started: true},
		{Function: "work", Request: "eeeeeeee", Trigger: "event", Queued: 3.6, Start: 3.6, End: 3.601, Failed: true, started: true},
		{Function: "work", Request: "eeeeeeee", Trigger: "event", Start: 4.601, End: 4.602, started: true},
	}
	if got := invocations(trace); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestSay: a message that is sent twice is one, and one without text is refused.
func TestSay(t *testing.T) {
	a := newApp(t, config{})
	for range 2 {
		if status := post(t, a.url+"/say", `"hello"`); status != http.StatusNoContent {
			t.Errorf("got %d", status)
		}
	}
	for _, body := range []string{`""`, `" "`, `{}`, `{`, `"` + strings.Repeat("x", 9<<10) + `"`} {
		if status := post(t, a.url+"/say", body); status != http.StatusBadRequest {
			t.Errorf("%.20s: got %d", body, status)
		}
	}
	select {
	case r := <-a.standIns.replies:
		if !strings.Contains(r.Text, "hello") {
			t.Errorf("the reply is %q", r.Text)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no reply")
	}
	if thread := a.standIns.messages(); len(thread) != 2 || thread[0].Text != "hello" || thread[1].From != "Rosario" {
		t.Errorf("the thread is %+v", thread)
	}
}

func post(t *testing.T, url, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Idempotency-Key", "once")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
