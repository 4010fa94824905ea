package jobhttp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// victim is an API with one job of ann, "of-ann", whose texts are all secret.
type victim struct {
	jobs   *memstore.Store[string, string]
	api    http.Handler
	tokens jobhttp.ReadTokens
	before string
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{jobs: memstore.New[string, string](), tokens: readTokens(t, "test", newKey)}
	v.api = jobhttp.New(v.jobs, jobhttp.OwnJobs[string, string](user), quick, func(o *jobhttp.Options) { o.ReadTokens = v.tokens })
	if _, err := v.jobs.Create(t.Context(), "secret", func(o *jobstore.CreateOptions) { o.ID, o.Caller, o.MaxAttempts = "of-ann", "ann", 3 }); err != nil {
		t.Fatal(err)
	}
	_ = jobstore.Run(t.Context(), v.jobs, "of-ann", func(ctx context.Context, _ *job) (string, error) {
		return "", jobstore.RetryAfter(jobstore.Public(errBroken, "secret"), time.Hour)
	}, func(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) })
	v.before = v.state(t)
	return v
}

func (v *victim) state(t *testing.T) string {
	t.Helper()
	job, err := v.jobs.Get(t.Context(), "of-ann")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v", *job)
}

// longestAttack is far more than an answer takes that does not wait for the job.
const longestAttack = 5 * time.Second

// attack sends a request of bob. What it is answered tells nothing of ann's job.
func (v *victim) attack(t *testing.T, method, target string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	ctx, end := context.WithCancel(t.Context()) // and not with a deadline, as of an invocation
	defer end()
	r := httptest.NewRequestWithContext(ctx, method, "/", strings.NewReader(`"secret"`))
	u, err := url.Parse("http://api.example" + target)
	if err != nil {
		t.Fatal(err)
	}
	r.URL, r.Header = u, header.Clone()
	if r.Header.Get("User") == "" {
		r.Header.Set("User", "bob")
	}
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	stuck := time.AfterFunc(longestAttack, end)
	v.api.ServeHTTP(w, r)
	if !stuck.Stop() {
		t.Fatalf("%s %s with %v has no answer in %v: does bob watch the job?", method, target, header, longestAttack)
	}
	shown := fmt.Sprint(w.Header(), w.Body)
	if method != "POST" && w.Code < 400 || strings.Contains(shown, "secret") || strings.Contains(shown, "of-ann") {
		t.Errorf("%s %s with %v: %d %s", method, target, header, w.Code, shown)
	}
	if after := v.state(t); after != v.before {
		t.Errorf("%s %s with %v changed the job: %s", method, target, header, after)
	}
	return w
}

// TestAnotherCallersJob is out of reach by every method, spelling of the path and header.
func TestAnotherCallersJob(t *testing.T) {
	v := newVictim(t)
	token := jobhttp.IssueToken(v.tokens, &job{ID: "of-bob", Caller: "bob"}, time.Minute)
	paths := []string{
		"/of-ann", "/of-ann/events", "/of-ann/token", "/of-ann/", "/of-ann//events", "//of-ann", "/./of-ann", "/x/../of-ann", "/of-bob/../of-ann",
		"/%6ff-ann", "/of-ann%2Fevents", "/of-ann/events%2F", "/.%2Fof-ann", "/..%2Fof-ann", "/of-ann%00", "/of-ann%20", "/%20of-ann", "/of-ann;a=b", "/OF-ANN",
		"/of-ann?User=ann", "/of-ann?caller=ann", "/of-ann?wait=1ms", "/of-ann/events?user=ann", "/of-ann?token=", "/of-ann?token=" + token,
		"/of-ann/events?token=" + token, "/of-ann?token=" + token + "&token=" + token, "/of-bob?token=" + token + "&id=of-ann", "/?id=of-ann", "/?caller=ann",
	}
	headers := []http.Header{
		{},
		{"X-Http-Method-Override": {"DELETE"}},
		{"X-Original-Url": {"/of-ann"}},
		{"X-Rewrite-Url": {"/of-ann"}},
		{"X-Forwarded-User": {"ann"}},
		{"If-None-Match": {"*"}},
		{"If-None-Match": {`"0"`}},
		{"Last-Event-Id": {"0"}},
		{"Range": {"bytes=0-"}},
		{"Authorization": {"Bearer " + token}},
		{"Authorization": {"Bearer jobread2."}},
		{"Authorization": {"Bearer " + token, "Bearer " + token}},
		{"User": {"bob", "ann"}},
		{"User": {"Ann"}},
		{"User": {"ann "}},
		{"Idempotency-Key": {"of-ann"}},
	}
	for _, method := range []string{"GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS", "get", "delete"} {
		for _, path := range paths {
			if strings.HasPrefix(path, "/?") {
				continue // a list of bob's own jobs
			}
			for _, header := range headers {
				v.attack(t, method, path, header)
			}
		}
	}
	for _, path := range paths {
		if w := v.attack(t, "POST", path, http.Header{}); !strings.HasPrefix(path, "/?") && w.Code < 400 {
			t.Errorf("POST %s: %d", path, w.Code)
		}
	}
}

// TestAMissingJobLooksLikeAnothers: the answers do not differ.
func TestAMissingJobLooksLikeAnothers(t *testing.T) {
	v := newVictim(t)
	for _, method := range []string{"GET", "HEAD", "DELETE", "POST", "PUT", "OPTIONS"} {
		for _, rest := range []string{"", "/events", "/token", "?wait=1ms", "/events?token=x", "?token=x", "/token?token=x"} {
			there, missing := v.attack(t, method, "/of-ann"+rest, http.Header{}), v.attack(t, method, "/missing"+rest, http.Header{})
			if fmt.Sprint(there.Code, there.Header(), there.Body) != fmt.Sprint(missing.Code, missing.Header(), missing.Body) {
				t.Errorf("%s %s: %d %v %s, but %d %v %s", method, rest, there.Code, there.Header(), there.Body, missing.Code, missing.Header(), missing.Body)
			}
		}
	}
}

// TestGuessedKeys: a key is of its caller, also when caller and key together look like
// another's, or like a job's ID.
func TestGuessedKeys(t *testing.T) {
	v := newVictim(t)
	owner := map[string]string{} // by ID
	for _, caller := range []string{"a", "an", "a b", "a b c", "1 a", "2 a", "ann", "1", ""} {
		for _, key := range []string{"b c", " b c", " c", "c", "n", "nn", "a", "1 a", "of-ann", "./of-ann", "../of-ann", " ", "of-ann\x00"} {
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(`"q"`))
			r.Header = http.Header{"User": {caller}, "Content-Type": {"application/json"}, "Idempotency-Key": {key}}
			w := httptest.NewRecorder()
			v.api.ServeHTTP(w, r)
			if caller == "" {
				if w.Code != http.StatusUnauthorized {
					t.Errorf("nobody created with %q: %d", key, w.Code)
				}
				continue
			}
			id := decode(t, w).ID
			if was, ok := owner[id]; ok || id == "of-ann" {
				t.Errorf("%q with the key %q got %s, which is of %s", caller, key, id, was)
			}
			owner[id] = fmt.Sprintf("%q with %q", caller, key)
			for _, bob := range []string{"GET", "DELETE"} {
				v.attack(t, bob, "/"+id, http.Header{})
			}
		}
	}
	if v.state(t) != v.before {
		t.Error("the job has changed")
	}
}

// TestAGuessedIDIsNotTaken: a caller that knows the ID of a key, a hash of both, makes
// nothing under it.
func TestAGuessedIDIsNotTaken(t *testing.T) {
	v := newVictim(t)
	id := decode(t, call(t, v.api, "POST", "/", `"q"`, "User", "ann", "Idempotency-Key", "order-7")).ID
	for _, key := range []string{"order-7", id, "./" + id, "/" + id} {
		if got := decode(t, call(t, v.api, "POST", "/", `"q"`, "User", "bob", "Idempotency-Key", key)).ID; got == id {
			t.Errorf("bob has ann's job by the key %q", key)
		}
	}
	for _, path := range []string{"/" + id, "/?id=" + id} {
		r := call(t, v.api, "POST", path, `"q"`, "User", "bob")
		if strings.Contains(r.Body.String(), id) {
			t.Errorf("POST %s: %s", path, r.Body)
		}
	}
}

// TestAnotherCallersList is not read by another's name or cursor.
func TestAnotherCallersList(t *testing.T) {
	v := newVictim(t)
	for range 3 {
		call(t, v.api, "POST", "/", `"q"`, "User", "ann")
	}
	var page struct{ Next string }
	if err := json.Unmarshal(call(t, v.api, "GET", "/?limit=1", "", "User", "ann").Body.Bytes(), &page); err != nil || page.Next == "" {
		t.Fatal(page, err)
	}
	token := issueOf(t, v.tokens, v.jobs, "of-ann")
	for _, query := range []string{"", "?caller=ann", "?User=ann", "?cursor=" + url.QueryEscape(page.Next), "?token=" + token, "?id=of-ann", "?limit=100"} {
		w := call(t, v.api, "GET", "/"+query, "", "User", "bob")
		if w.Code == 200 && strings.TrimSpace(w.Body.String()) != `{"jobs":[]}` {
			t.Errorf("bob's list with %s: %s", query, w.Body)
		}
		if w = call(t, v.api, "GET", "/"+query, ""); w.Code != 401 {
			t.Errorf("nobody's list with %s: %d", query, w.Code)
		}
	}
}
