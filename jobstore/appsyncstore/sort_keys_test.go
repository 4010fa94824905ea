package appsyncstore_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

func bySortKeys(o *appsyncstore.Options) { o.SortKeys = []string{"status", "createdAt"} }

// TestSortKeys has a writer change the other sort key between a claim's read and its write,
// and counts the requests of calls that lose: what was read explains a refusal at once.
func TestSortKeys(t *testing.T) {
	api := appsynctest.StartVariant(t, "indexes", "id")
	store, w := wired(t, api, bySortKeys)
	id := newJob(t, store)
	w.take()
	w.after("get", func() {
		put(t, api, map[string]any{"id": id, "createdAt": "2026-11-01T10:00:00.001Z"})
	})
	job, err := store.Claim(t.Context(), id, lease("o"))
	if got := w.take(); err != nil || job.Attempt != 1 || got != "2 get, 2 update" {
		t.Fatalf("a claim during which the sort key changed: %v, by %s", err, got)
	}
	if got := item(t, api, id)["createdAt"]; got != "2026-11-01T10:00:00.001Z" {
		t.Errorf("the claim left the sort key %v", got)
	}
	if _, err := store.Claim(t.Context(), id, lease("p")); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("a claim of a leased job: %v", err)
	}
	if got := w.take(); got != "2 get, 1 update" {
		t.Errorf("it took %s", got)
	}
	settle := func(c jobstore.Claim) error {
		return store.Settle(t.Context(), c, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "out"})
	}
	if err := settle(jobstore.Claim{ID: id, Owner: "p", Attempt: 1}); !errors.Is(err, jobstore.ErrLeaseLost) {
		t.Errorf("a settle without the lease: %v", err)
	}
	if got := w.take(); got != "2 get, 1 update" {
		t.Errorf("it took %s", got)
	}
	if err := settle(job.Claim()); err != nil {
		t.Error(err)
	}
	if got := w.take(); got != "1 get, 1 update" {
		t.Errorf("a settle took %s", got)
	}
}

// TestConfirmHasAllSortKeys settles a job whose ID is another job's since, where the time of
// the update is a sort key: Amplify refuses an update that has it without the status.
func TestConfirmHasAllSortKeys(t *testing.T) {
	s := &script{}
	s.echo = func(body []byte, _ http.Header) string {
		switch n := len(s.bodies); {
		case strings.Contains(string(body), "getQueryJob"):
			return `{"data":{"getQueryJob":{"id":"a","status":"pending","attempt":0,"updatedAt":"2026-11-01T10:00:00.000Z"}}}`
		case n == 1:
			return refusal
		}
		return `{"data":{"updateQueryJob":{"id":"a"}}}`
	}
	store := scripted(t, s, func(o *appsyncstore.Options) { o.SortKeys = []string{"status", "updatedAt"} })
	err := store.Settle(t.Context(), jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}, jobstore.Outcome[string]{Status: jobstore.Complete, Output: "out"})
	last := s.request(t, len(s.bodies)-1).Variables.Input
	if !errors.Is(err, jobstore.ErrLeaseLost) || last["status"] != "pending" || last["updatedAt"] != "2026-11-01T10:00:00.000Z" {
		t.Errorf("%v, after an update with %v", err, last)
	}
}
