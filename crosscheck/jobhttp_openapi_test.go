package crosscheck_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// description is jobhttp's OpenAPI document, and what of it was seen.
type description struct {
	validator.Validator
	seen map[string]bool // such as "getJob 200"
	want map[string]bool
	name map[string]string // of an operation by "GET /{id}"
}

func openAPI(t *testing.T) *description {
	t.Helper()
	content, err := os.ReadFile("../jobhttp/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := libopenapi.NewDocument(content)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(document, config.WithFormatAssertions())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, errs := v.ValidateDocument(); !ok {
		t.Fatal(errs)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	d := &description{v, map[string]bool{}, map[string]bool{}, map[string]string{}}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, operation := range item.GetOperations().FromOldest() {
			d.name[strings.ToUpper(method)+" "+path] = operation.OperationId
			for status := range operation.Responses.Codes.FromOldest() {
				d.want[operation.OperationId+" "+status] = true
			}
		}
	}
	return d
}

// check holds a response to the document.
func (d *description) check(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	if ok, errs := d.ValidateHttpResponse(r, w.Result()); !ok {
		for _, err := range errs {
			t.Errorf("%s %s: %d %s: %v", r.Method, r.URL.Path, w.Code, w.Body, err)
		}
	}
	for event := range strings.SplitSeq(w.Body.String(), "\n") {
		if data, ok := strings.CutPrefix(event, "data: "); ok {
			d.checkView(t, data)
		}
	}
	d.seen[fmt.Sprintf("%s %d", d.name[r.Method+" "+template(r.URL.Path)], w.Code)] = true
}

// checkView holds the data of an event to the schema of a job.
func (d *description) checkView(t *testing.T, data string) {
	t.Helper()
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", `"0"`)
	_, _ = io.WriteString(w, data)
	if ok, errs := d.ValidateHttpResponse(httptest.NewRequest("GET", "/1", nil), w.Result()); !ok {
		t.Errorf("the event %s: %v", data, errs)
	}
}

// template returns the path of the document that matches.
func template(path string) string {
	parts := strings.SplitN(path, "/", 3)
	if parts[1] != "" {
		parts[1] = "{id}"
	}
	return strings.Join(parts, "/")
}

// stores of which the API is described.
type (
	brokenStore struct {
		jobstore.JobStore[string, string]
	}
	plainStore struct {
		jobstore.JobStore[string, string]
	}
)

var errBroken = errors.New("broken")

func (brokenStore) Create(context.Context, string, ...func(*jobstore.CreateOptions)) (*jobstore.Job[string, string], error) {
	return nil, errBroken
}

func (brokenStore) ListByCaller(context.Context, string, jobstore.CallerListOptions) iter.Seq2[jobstore.CallerJob, error] {
	return func(yield func(jobstore.CallerJob, error) bool) { yield(jobstore.CallerJob{}, errBroken) }
}

func (brokenStore) Get(context.Context, string) (*jobstore.Job[string, string], error) {
	return nil, errBroken
}

// TestOpenAPI: every response is as the document says, and every status of it is seen.
func TestOpenAPI(t *testing.T) {
	d := openAPI(t)
	keys := jobhttpTokens(t)
	var jobs jobstore.JobStore[string, string] = memstore.New[string, string]()
	users := func(r *http.Request, action jobhttp.Action, job *jobstore.Job[string, string]) (string, error) {
		switch name := r.Header.Get("User"); {
		case name == "":
			return "", jobhttp.ErrUnauthenticated
		case name == "busy":
			return "", &jobhttp.Refusal{Status: http.StatusTooManyRequests, Detail: "too many for now", RetryAfter: time.Minute}
		case name == "banned", job != nil && job.Caller != name:
			return "", jobhttp.ErrForbidden
		case name == "writer" && action != jobhttp.Create:
			return "", jobhttp.ErrForbidden
		default:
			return name, nil
		}
	}
	api := func(store jobstore.JobStore[string, string]) http.Handler {
		return jobhttp.New(store, users, func(o *jobhttp.Options) {
			o.MaxBody, o.ReadTokens, o.Logger, o.MaxWatch = 1000, keys, slog.New(slog.DiscardHandler), 10*time.Millisecond
		})
	}
	send := func(store jobstore.JobStore[string, string], user, method, path, body string, header ...string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewBufferString(body))
		r.Header.Set("User", user)
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		api(store).ServeHTTP(w, r)
		d.check(t, r, w)
		return w
	}
	for id, run := range map[string]func(context.Context, *jobstore.Job[string, string]) (string, error){
		"new": nil, "canceled": nil,
		"done": func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
			_ = jobstore.Report(ctx, 40, "on it")
			_ = jobstore.Partial(ctx, "so far")
			send(jobs, "ann", "GET", "/done", "")
			send(jobs, "ann", "GET", "/done/events", "")
			return "answer", nil
		},
		"failed": func(context.Context, *jobstore.Job[string, string]) (string, error) {
			return "", jobstore.Public(errors.New("details"), "no answer")
		},
	} {
		_, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID, o.Caller, o.MaxAttempts = id, "ann", 1 })
		if err == nil && run != nil {
			_ = jobstore.Run(t.Context(), jobs, id, run)
		}
	}
	send(jobs, "ann", "POST", "/", `"q"`)
	send(jobs, "ann", "POST", "/", `"q"`, "Idempotency-Key", "k")
	send(jobs, "ann", "POST", "/", `"q"`, "Idempotency-Key", "k")
	send(jobs, "ann", "POST", "/", `"other"`, "Idempotency-Key", "k")
	send(jobs, "writer", "POST", "/", `"q"`, "Idempotency-Key", "k")
	send(jobs, "writer", "POST", "/", `"q"`, "Idempotency-Key", "k")
	send(jobs, "ann", "POST", "/", `{`)
	send(jobs, "ann", "POST", "/", `"`+strings.Repeat("x", 1000)+`"`)
	send(jobs, "ann", "POST", "/", `"q"`, "Content-Type", "text/plain")
	send(brokenStore{}, "ann", "POST", "/", `"q"`)
	for _, user := range []string{"ann", "bob", "banned", "busy", ""} {
		send(jobs, user, "POST", "/", `"q"`)
		for _, id := range []string{"new", "done", "failed", "canceled", "missing"} {
			tag := send(jobs, user, "GET", "/"+id, "").Header().Get("ETag")
			send(jobs, user, "GET", "/"+id, "", "If-None-Match", tag)
			send(jobs, user, "GET", "/"+id+"/events", "")
			send(jobs, user, "GET", "/"+id+"/events", "", "Last-Event-ID", strings.Trim(tag, `"`))
			send(jobs, user, "POST", "/"+id+"/token", "")
			if id != "new" {
				send(jobs, user, "DELETE", "/"+id, "")
			}
		}
	}
	send(plainStore{jobs}, "ann", "DELETE", "/new", "")
	created, err := jobs.Get(t.Context(), "new")
	if err != nil {
		t.Fatal(err)
	}
	send(jobs, "", "GET", "/new?token="+jobhttp.IssueToken(keys, created, time.Minute), "")
	for _, path := range []string{"GET /1", "DELETE /1", "GET /1/events", "POST /1/token"} {
		method, path, _ := strings.Cut(path, " ")
		send(brokenStore{}, "ann", method, path, "")
	}
	send(jobs, "ann", "GET", "/", "")
	send(jobs, "ann", "GET", "/?limit=1", "")
	send(jobs, "ann", "GET", "/?limit=0", "")
	send(jobs, "", "GET", "/", "")
	send(jobs, "banned", "GET", "/", "")
	send(jobs, "busy", "GET", "/", "")
	send(plainStore{jobs}, "ann", "GET", "/", "")
	send(brokenStore{}, "ann", "GET", "/", "")
	send(jobs, "ann", "GET", "/new?wait=1ms", "")
	send(jobs, "ann", "GET", "/new?wait=later", "")
	d.checkFull(t, jobs)
	d.checkShown(t, jobs)
	d.checkEnded(t, jobs)
	for response := range d.want {
		if !d.seen[response] {
			t.Errorf("%s was not seen", response)
		}
	}
}

// checkFull watches with one watcher more than a job, or the API, may have.
func (d *description) checkFull(t *testing.T, jobs jobstore.JobStore[string, string]) {
	t.Helper()
	for _, limit := range []func(*jobhttp.Options){
		func(o *jobhttp.Options) { o.MaxWatchers = 1 },
		func(o *jobhttp.Options) { o.MaxJobWatchers = 1 },
	} {
		api := jobhttp.New(jobs, jobhttp.AllowAll, limit)
		ctx, leave := context.WithCancel(t.Context())
		first, left := &firstWrite{ResponseRecorder: httptest.NewRecorder(), written: make(chan struct{})}, make(chan struct{})
		go func() {
			defer close(left)
			api.ServeHTTP(first, httptest.NewRequestWithContext(ctx, "GET", "/new/events", nil))
		}()
		<-first.written
		for _, path := range []string{"/new/events", "/new?wait=1s"} {
			r, w := httptest.NewRequestWithContext(t.Context(), "GET", path, nil), httptest.NewRecorder()
			api.ServeHTTP(w, r)
			d.check(t, r, w)
		}
		leave()
		<-left
	}
}

// firstWrite tells of its first write.
type firstWrite struct {
	*httptest.ResponseRecorder
	once    sync.Once
	written chan struct{}
}

func (f *firstWrite) Flush() { f.once.Do(func() { close(f.written) }) }

// checkShown reads a job with all that an API may show.
func (d *description) checkShown(t *testing.T, jobs jobstore.JobStore[string, string]) {
	t.Helper()
	api := jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) { o.ShowInput, o.ShowMetadata, o.ShowHistory = true, true, true })
	r, w := httptest.NewRequestWithContext(t.Context(), "GET", "/done", nil), httptest.NewRecorder()
	api.ServeHTTP(w, r)
	d.check(t, r, w)
	if !strings.Contains(w.Body.String(), `"input"`) {
		t.Errorf("shown: %s", w.Body)
	}
}

// checkEnded sends requests to a server that ends.
func (d *description) checkEnded(t *testing.T, jobs jobstore.JobStore[string, string]) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	end()
	ended := func(r *http.Request, _ jobhttp.Action, _ *jobstore.Job[string, string]) (string, error) {
		return "", r.Context().Err()
	}
	api := jobhttp.New(jobs, ended, func(o *jobhttp.Options) { o.ReadTokens = jobhttpTokens(t) })
	for _, request := range []string{"GET /", "POST /", "GET /1", "DELETE /1", "GET /1/events", "POST /1/token"} {
		method, path, _ := strings.Cut(request, " ")
		r, w := httptest.NewRequestWithContext(ctx, method, path, nil), httptest.NewRecorder()
		api.ServeHTTP(w, r)
		d.check(t, r, w)
	}
}

func jobhttpTokens(t *testing.T) jobhttp.ReadTokens {
	t.Helper()
	tokens, err := jobhttp.NewReadTokens("test", []byte("a key of 32 bytes or so........."))
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}
