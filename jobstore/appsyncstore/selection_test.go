package appsyncstore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestOmit runs a job whose input no event needs. Each call returns the whole job
// although most mutations do not select the input.
func TestOmit(t *testing.T) {
	api := appsynctest.Start(t)
	store, w := wired(t, api, omitting("query"))
	job, err := store.Create(t.Context(), "in")
	if err != nil || job.Input != "in" {
		t.Fatalf("created %+v, %v", job, err)
	}
	answering(t, store, job.ID, func(job *jobstore.Job[string, string]) bool { return job.Input == "in" })
	if got := w.take(); got != "1 create, 2 update" {
		t.Errorf("it took %s", got)
	}
	if job, err := store.Get(t.Context(), job.ID); err != nil || job.Input != "in" || job.Output != "12 % up" {
		t.Errorf("got %+v, %v", job, err)
	}
	if job, err := store.Cancel(t.Context(), newJob(t, store), "why"); err != nil || job.Input != "in" {
		t.Errorf("canceled %+v, %v", job, err)
	}
}

// TestOmitMakesRoom completes jobs whose input and output do not fit into one event. An
// event has what the mutation answers.
func TestOmitMakesRoom(t *testing.T) {
	api := appsynctest.Start(t)
	for _, c := range []struct {
		omit    string
		in, out int // in KB
		fits    bool
	}{
		{"", 150, 220, false},
		{"query", 150, 220, true},
		{"query", 150, 245, false},        // the event
		{"query", 225, 220, false},        // the record
		{"query response", 10, 370, true}, // which has no output
		{"query response", 225, 150, true},
		{"query response", 225, 220, false},
	} {
		m := &meter{}
		store := newStore(t, api, omitting(strings.Fields(c.omit)...), func(o *appsyncstore.Options) { o.HTTPClient = m })
		job, err := store.Create(t.Context(), strings.Repeat("x", c.in<<10))
		if err == nil {
			job, err = store.Claim(t.Context(), job.ID, lease("o"))
		}
		if err != nil {
			t.Fatal(err)
		}
		err = store.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: strings.Repeat("x", c.out<<10)})
		if tooLarge := errors.Is(err, jobstore.ErrTooLarge); tooLarge == c.fits || err != nil && !tooLarge {
			t.Errorf("%q, %d KB in and %d out: %v", c.omit, c.in, c.out, err)
		}
		if got := m.last.Load(); got > 240<<10 {
			t.Errorf("%q, %d KB in and %d out: an answer, and so an event, of %d bytes", c.omit, c.in, c.out, got)
		}
	}
}

// TestOmitIsChecked panics at what subscribers cannot do without or do not get.
func TestOmitIsChecked(t *testing.T) {
	for _, name := range []string{"id", "status", "claimToken", "nothing"} {
		got := panicOf(func() {
			_, _ = appsyncstore.New[string, string]("https://api.invalid", "QueryJob", appsyncstore.APIKey("k"), omitting("response", name))
		})
		if !strings.HasPrefix(got, `appsyncstore: New: Options.Omit[1] is "`+name) {
			t.Errorf("%s: panicked with %q", name, got)
		}
	}
}
