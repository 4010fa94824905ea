package jobhttp_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestPrepare sets what a request may ask for, and neither ID nor caller.
func TestPrepare(t *testing.T) {
	jobs := memstore.New[string, string]()
	h := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
		o.Prepare = func(r *http.Request, o *jobstore.CreateOptions) error {
			o.ID, o.Caller, o.MaxAttempts = "chosen", "bob", 3
			o.Metadata = map[string]any{"page": r.Header.Get("Page")}
			return nil
		}
	})
	id := decode(t, call(t, h, "POST", "/", `"q"`, "User", "ann", "Page", "sales", "Idempotency-Key", "k")).ID
	job, err := jobs.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if id == "chosen" || job.Caller != "ann" {
		t.Errorf("the request chose its ID %s or its caller %s", id, job.Caller)
	}
	if job.MaxAttempts != 3 || job.Metadata["page"] != "sales" {
		t.Errorf("got %d attempts and %v", job.MaxAttempts, job.Metadata)
	}
}

// TestPrepareExpiry shows the expiry of the store, or the one that Prepare has chosen. A
// request that is repeated gets the first job, with its expiry.
func TestPrepareExpiry(t *testing.T) {
	now := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		prepare func(*jobstore.CreateOptions)
		want    time.Time
	}{
		"the store's": {func(*jobstore.CreateOptions) {}, now.AddDate(0, 0, 90)},
		"an expiry":   {func(o *jobstore.CreateOptions) { o.ExpiresAt = now.Add(time.Hour) }, now.Add(time.Hour)},
		"a retention": {func(o *jobstore.CreateOptions) { o.Retention = time.Hour }, now.Add(time.Hour)},
		"forever":     {func(o *jobstore.CreateOptions) { o.Retention = jobstore.KeepForever }, time.Time{}},
	} {
		at := now
		jobs := memstore.New[string, string](func(o *memstore.Options) { o.Now = func() time.Time { return at } })
		h := jobhttp.New(jobs, jobhttp.OwnJobs[string, string](user), func(o *jobhttp.Options) {
			o.Prepare = func(_ *http.Request, o *jobstore.CreateOptions) error { c.prepare(o); return nil }
		})
		for range 2 {
			w := call(t, h, "POST", "/", `"q"`, "User", "ann", "Idempotency-Key", "k")
			if got := decode(t, w).ExpiresAt; w.Code != http.StatusAccepted || !got.Equal(c.want) {
				t.Errorf("%s: %d, expires at %v, want %v", name, w.Code, got, c.want)
			}
			at = at.Add(time.Minute)
		}
	}
}

// TestPrepareRefuses has the status of each error, and no job is made. What is canceled is
// not the request, whose client waits for an answer.
func TestPrepareRefuses(t *testing.T) {
	for refusal, want := range map[error]int{
		jobstore.ErrInvalid: 400, jobhttp.ErrUnauthenticated: 401, jobhttp.ErrForbidden: 403, errors.New("secret"): 500,
		context.Canceled: 500, context.DeadlineExceeded: 500,
	} {
		jobs := memstore.New[string, string]()
		h := jobhttp.New(jobs, jobhttp.AllowAll, func(o *jobhttp.Options) {
			o.Logger = slog.New(slog.DiscardHandler)
			o.Prepare = func(*http.Request, *jobstore.CreateOptions) error { return refusal }
		})
		if w := call(t, h, "POST", "/", `"q"`); w.Code != want {
			t.Errorf("%v: %d %s", refusal, w.Code, w.Body)
		}
		for job := range jobstore.List(t.Context(), jobs, jobstore.UnfinishedJobs) {
			t.Errorf("%v: there is a job, %s", refusal, job.ID)
		}
	}
}

// TestARepeatIsAuthorizedAsARead: who may create may not read what is there by that.
func TestARepeatIsAuthorizedAsARead(t *testing.T) {
	writeOnly := func(_ *http.Request, action jobhttp.Action, _ *jobstore.Job[string, string]) (string, error) {
		if action != jobhttp.Create {
			return "", jobhttp.ErrForbidden
		}
		return "ann", nil
	}
	h := jobhttp.New(memstore.New[string, string](), writeOnly)
	if w := call(t, h, "POST", "/", `"q"`, "Idempotency-Key", "k"); w.Code != 202 {
		t.Fatalf("the first: %d", w.Code)
	}
	for _, input := range []string{`"q"`, `"a guess"`} { // whether it is the same is not told
		if w := call(t, h, "POST", "/", input, "Idempotency-Key", "k"); w.Code != 404 {
			t.Errorf("a repeat with %s: %d %s", input, w.Code, w.Body)
		}
	}
}

// TestThePartialOutputIsShown while the job is processing.
func TestThePartialOutputIsShown(t *testing.T) {
	jobs := memstore.New[string, string]()
	h := jobhttp.New(jobs, jobhttp.AllowAll)
	created, err := jobs.Create(t.Context(), "q", func(o *jobstore.CreateOptions) { o.ID = "1" })
	if err != nil {
		t.Fatal(err)
	}
	err = jobstore.Run(t.Context(), jobs, created.ID, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		if err := jobstore.Partial(ctx, "so far"); err != nil {
			return "", err
		}
		if w := call(t, h, "GET", "/1", ""); decode(t, w).Output != "so far" || decode(t, w).Status != jobstore.Processing {
			t.Errorf("while processing: %s", w.Body)
		}
		return "all of it", nil
	})
	if w := call(t, h, "GET", "/1", ""); err != nil || decode(t, w).Output != "all of it" {
		t.Errorf("in the end: %v, %s", err, w.Body)
	}
}
