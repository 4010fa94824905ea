package appsyncstore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestGuarantee7 counts the requests of each path.
func TestGuarantee7(t *testing.T) {
	store, w := wired(t, appsynctest.Start(t))
	ctx := t.Context()
	want := func(what, requests string) {
		t.Helper()
		if got := w.take(); got != requests {
			t.Errorf("%s took %q, want %q", what, got, requests)
		}
	}
	answer := func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }

	id := newJob(t, store)
	want("creating a job", "1 create")
	if err := jobstore.Run(ctx, store, id, answer); err != nil {
		t.Fatal(err)
	}
	want("running it", "2 update")
	if err := jobstore.Run(ctx, store, id, answer); err != nil {
		t.Fatal(err)
	}
	want("running it again, and proving that it is finished", "1 get, 2 update")
	if again, err := store.Create(ctx, "", func(o *jobstore.CreateOptions) { o.ID = id }); !errors.Is(err, jobstore.ErrExists) || again.Output != "out" {
		t.Fatal(again, err)
	}
	want("creating it again, which returns the first", "1 create, 1 get")
	if again, err := store.Create(ctx, "", withID(id), func(o *jobstore.CreateOptions) { o.Redelivered = true }); !errors.Is(err, jobstore.ErrExists) || again.Output != "out" {
		t.Fatal(again, err)
	}
	want("creating it again, looking first", "1 get")
	if got, err := store.Claim(ctx, id, lease("o")); !errors.Is(err, jobstore.ErrFinished) || got.Output != "out" {
		t.Fatal(got, err)
	}
	want("a claim that loses, and proves why", "1 get, 2 update")

	id = newJob(t, store)
	job, err := store.Claim(ctx, id, lease("o"))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Settle(ctx, job.Claim(), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy"}); err != nil {
		t.Fatal(err)
	}
	w.take()
	if _, err := store.Claim(ctx, id, jobstore.Lease{Owner: "p", Until: time.Now().Add(-time.Second)}); err != nil {
		t.Fatal(err)
	}
	want("a second claim", "1 get, 2 update")

	id = newJob(t, store, func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	if _, err := store.Claim(ctx, id, jobstore.Lease{Owner: "o", Until: time.Now().Add(-time.Second)}); err != nil {
		t.Fatal(err)
	}
	w.take()
	if _, err := store.Claim(ctx, id, lease("p")); !errors.Is(err, jobstore.ErrFinished) {
		t.Fatal(err)
	}
	want("a claim that finds an abandoned job", "1 get, 2 update")
	if _, err := store.Get(ctx, id); err != nil {
		t.Fatal(err)
	}
	want("a look", "1 get")
	if _, err := store.Claim(ctx, "missing", lease("p")); !errors.Is(err, jobstore.ErrNotFound) {
		t.Fatal(err)
	}
	want("a claim of no job, for which an old read could stand", "3 get, 2 update")
	if _, err := store.Cancel(ctx, newJob(t, store), "why"); err != nil {
		t.Fatal(err)
	}
	want("a job that is canceled", "1 create, 1 update")
}

func TestProgressIsOneWriteASecondAtMost(t *testing.T) {
	store, w := wired(t, appsynctest.Start(t))
	id := newJob(t, store)
	w.take()
	err := jobstore.Run(t.Context(), store, id, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		for i := range 101 {
			if err := jobstore.Report(ctx, i, "working"); err != nil {
				return "", err
			}
		}
		return "out", nil
	}, func(o *jobstore.RunOptions) { o.ReportEvery = time.Hour })
	if got := w.take(); err != nil || got != "3 update" {
		t.Errorf("101 reports took %q, %v; want claim, first report, and the last with the outcome", got, err)
	}
	if got, err := store.Get(t.Context(), id); err != nil || got.Progress != 100 {
		t.Errorf("stored %d %%, %v; want the last report", got.Progress, err)
	}
}
