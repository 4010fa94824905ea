package jobhttp_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

type job = jobstore.Job[string, string]

func quick(o *jobhttp.Options) { o.PollInterval = time.Millisecond }

func call(t *testing.T, h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func decode(t *testing.T, w *httptest.ResponseRecorder) (j job) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &j); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return j
}

func TestSubmitAndShow(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll)
	w := call(t, h, "POST", "/", `"a question"`)
	created := decode(t, w)
	if w.Code != http.StatusAccepted || w.Header().Get("Location") != "./"+created.ID || created.Status != jobstore.Pending {
		t.Fatalf("POST: %d %v %s", w.Code, w.Header(), w.Body)
	}
	w = call(t, h, "GET", "/"+created.ID, "")
	if got := decode(t, w); w.Code != http.StatusOK || got.ID != created.ID {
		t.Errorf("GET: %d %s", w.Code, w.Body)
	}
}

func TestIdempotencyKey(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll)
	for _, input := range []string{`"first"`, ` "f\u0069rst"`} {
		w := call(t, h, "POST", "/", input, "Idempotency-Key", "k 1")
		if got := decode(t, w); w.Code != http.StatusAccepted || len(got.ID) != 32 || w.Header().Get("Location") != "./"+got.ID {
			t.Errorf("POST %s: %d %v %s", input, w.Code, w.Header(), w.Body)
		}
	}
}

// TestKeysOfOtherInputs: a caller that guesses a key gets no job by it, and learns
// that the input was not taken.
func TestKeysOfOtherInputs(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll)
	call(t, h, "POST", "/", `"first"`, "Idempotency-Key", "k 1")
	w := call(t, h, "POST", "/", `"second"`, "Idempotency-Key", "k 1")
	if w.Code != http.StatusUnprocessableEntity || w.Header().Get("Location") != "" || strings.Contains(w.Body.String(), "first") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestRefusals(t *testing.T) {
	h := jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll, func(o *jobhttp.Options) { o.MaxBody = 20 })
	for name, tt := range map[string]struct {
		method, path, body, key string
		want                    int
	}{
		"no JSON":            {"POST", "/", `{`, "", 400},
		"no body":            {"POST", "/", ``, "", 400},
		"another type":       {"POST", "/", `{"a":1}`, "", 400},
		"two values":         {"POST", "/", `"a" "b"`, "", 400},
		"too large":          {"POST", "/", `"` + strings.Repeat("x", 20) + `"`, "", 413},
		"an unknown job":     {"GET", "/missing", "", "", 404},
		"unknown job events": {"GET", "/missing/events", "", "", 404},
		"an unknown method":  {"PUT", "/", "", "", 405},
	} {
		if w := call(t, h, tt.method, tt.path, tt.body, "Idempotency-Key", tt.key); w.Code != tt.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, tt.want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for want, opt := range map[string]func(*jobhttp.Options){
		"jobhttp: New: Options.MaxCallerWatchers is -1, want at least 1": func(o *jobhttp.Options) { o.MaxCallerWatchers = -1 },
		"jobhttp: New: Options.MaxBody is 0, want at least 1":            func(o *jobhttp.Options) { o.MaxBody = 0 },
		"jobhttp: New: Options.PollInterval is 0s, want more than 0":     func(o *jobhttp.Options) { o.PollInterval = 0 },
		"jobhttp: New: option 1 of 1 is nil":                             nil,
		"jobhttp: New: Options.Logger is nil":                            func(o *jobhttp.Options) { o.Logger = nil },
	} {
		if got := panicOf(func() { jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll, opt) }); got != want {
			t.Errorf("panicked with %q, want %q", got, want)
		}
	}
	never := func(o *jobhttp.Options) { o.PollInterval = math.MaxInt64 } // ten times that is a negative time
	jobhttp.New(memstore.New[string, string](), jobhttp.AllowAll, never)
	if got := panicOf(func() { jobhttp.New[string, string](nil, jobhttp.AllowAll) }); got != "jobhttp: New: store is nil" {
		t.Errorf("without a store: %q", got)
	}
}

// panicOf returns what call panics with.
func panicOf(call func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	call()
	return ""
}

// broken fails to read and to create.
type broken struct {
	jobstore.JobStore[string, string]
}

var errBroken = errors.New("no such table: secret-name")

func (broken) Create(context.Context, string, ...func(*jobstore.CreateOptions)) (*job, error) {
	return nil, errBroken
}
func (broken) Get(context.Context, string) (*job, error) { return nil, errBroken }

func TestStoreErrorsAreLoggedAndNotTold(t *testing.T) {
	var log bytes.Buffer
	h := jobhttp.New(broken{}, jobhttp.AllowAll, func(o *jobhttp.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, path := range []string{"/1", "/1/events"} {
		if w := call(t, h, "GET", path, ""); w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := call(t, h, "POST", "/", `"x"`); w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("POST: %d %s", w.Code, w.Body)
	}
	if strings.Count(log.String(), "secret-name") != 3 {
		t.Errorf("logged %s", &log)
	}
}

// mute has no JSON, and says so with what is in it.
type mute string

func (m mute) MarshalJSON() ([]byte, error) { return nil, errors.New("no JSON for " + string(m)) }

type mutes struct {
	jobstore.JobStore[string, mute]
}

func (mutes) Get(context.Context, string) (*jobstore.Job[string, mute], error) {
	return &jobstore.Job[string, mute]{ID: "1", Status: jobstore.Complete, Output: "secret"}, nil
}

// TestEncodingErrorsHoldNoOutput: the error of an output's own method is neither told nor logged.
func TestEncodingErrorsHoldNoOutput(t *testing.T) {
	var log bytes.Buffer
	h := jobhttp.New(mutes{}, jobhttp.AllowAll, func(o *jobhttp.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, path := range []string{"/1", "/1?wait=1s", "/1/events"} {
		if w := call(t, h, "GET", path, ""); w.Code != 500 || strings.Contains(w.Body.String()+log.String(), "secret") {
			t.Errorf("GET %s: %d %s, logged %s", path, w.Code, w.Body, &log)
		}
	}
}

// TestWatch follows a job through its states over a real connection.
func TestWatch(t *testing.T) {
	store := memstore.New[string, string]()
	server := httptest.NewServer(jobhttp.New(store, jobhttp.AllowAll, quick))
	defer server.Close()
	created, err := store.Create(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(server.URL + "/" + created.ID + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("got the headers %v", resp.Header)
	}
	events := bufio.NewScanner(resp.Body)
	if got := next(t, events); got.Status != jobstore.Pending || got.ID != created.ID {
		t.Errorf("first event %+v", got)
	}
	err = jobstore.Run(t.Context(), store, created.ID, func(ctx context.Context, _ *job) (string, error) {
		if got := next(t, events); got.Status != jobstore.Processing {
			t.Errorf("second event %+v", got)
		}
		err := jobstore.Report(ctx, 40, "on it")
		if got := next(t, events); got.Status != jobstore.Processing || got.Progress != 40 || got.ProgressMessage != "on it" {
			t.Errorf("third event %+v", got)
		}
		return "done", err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := next(t, events); got.Status != jobstore.Complete || got.Output != "done" {
		t.Errorf("last event %+v", got)
	}
	if events.Scan() {
		t.Errorf("more after the last event: %s", events.Text())
	}
}

func next(t *testing.T, events *bufio.Scanner) (j job) {
	t.Helper()
	for events.Scan() && events.Text() != "" {
		if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
			if err := json.Unmarshal([]byte(data), &j); err != nil {
				t.Fatal(err)
			}
		}
	}
	return j
}

func TestWatchEndsWithTheClient(t *testing.T) {
	store := memstore.New[string, string]()
	created, err := store.Create(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	w := &leaver{ResponseRecorder: httptest.NewRecorder(), leave: leave}
	r := httptest.NewRequestWithContext(ctx, "GET", "/"+created.ID+"/events", nil)
	jobhttp.New(store, jobhttp.AllowAll, quick).ServeHTTP(w, r) // returns
	if !strings.Contains(w.Body.String(), `"status":"pending"`) {
		t.Errorf("got %s", w.Body)
	}
}

// leaver goes away after the first event.
type leaver struct {
	*httptest.ResponseRecorder
	leave func()
}

func (l *leaver) Flush() {
	l.ResponseRecorder.Flush()
	l.leave()
}
