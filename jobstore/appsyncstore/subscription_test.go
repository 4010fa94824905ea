package appsyncstore_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// seen is what a subscriber is told of a job.
type seen struct {
	ID, Status, Query, Response, Error, ProgressMessage, ClaimToken, CreateToken string
	Progress, Attempt                                                            int
}

const selection = `{ id status query response error progress progressMessage attempt claimToken createToken }`

// TestSubscriptionSeesEachChange holds WebSocket subscriptions as a front end does,
// while a job is created and run.
func TestSubscriptionSeesEachChange(t *testing.T) {
	api := appsynctest.Start(t)
	now := time.Now()
	store := newStore(t, api, func(o *appsyncstore.Options) { o.Now = func() time.Time { return now } })
	created := api.Subscribe(t, `subscription { onCreateQueryJob `+selection+` }`, nil)
	id := jobstore.NewID()
	updated := api.Subscribe(t, `subscription ($filter: ModelSubscriptionQueryJobFilterInput) { onUpdateQueryJob(filter: $filter) `+selection+` }`,
		map[string]any{"filter": map[string]any{"id": map[string]any{"eq": id}}})

	if _, err := store.Create(t.Context(), "sales?", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
		t.Fatal(err)
	}
	want := []seen{{ID: id, Status: "pending", Query: "sales?"}}
	if diff := cmp.Diff(want, receive(t, created, 1)); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}

	bystander := newJob(t, store)
	tries := 0
	work := func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		if tries++; tries == 1 {
			return "", context.DeadlineExceeded
		}
		if err := jobstore.Report(ctx, 10, "calling the model"); err != nil {
			return "", err
		}
		return "12 % up", nil
	}
	if err := jobstore.Run(t.Context(), store, id, work, quiet); err == nil {
		t.Error("the first attempt did not fail")
	}
	if err := jobstore.Run(t.Context(), store, bystander, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", nil }); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	if err := jobstore.Run(t.Context(), store, id, work, quiet); err != nil {
		t.Fatal(err)
	}
	base := seen{ID: id, Query: "sales?"}
	state := func(change func(*seen)) seen { s := base; change(&s); return s }
	failed := "The job failed."
	want = []seen{
		state(func(s *seen) { s.Status, s.Attempt = "processing", 1 }),
		state(func(s *seen) { s.Status, s.Attempt, s.Error = "pending", 1, failed }),
		state(func(s *seen) { s.Status, s.Attempt, s.Error = "processing", 2, failed }),
		state(func(s *seen) {
			s.Status, s.Attempt, s.Error, s.Progress, s.ProgressMessage = "processing", 2, failed, 10, "calling the model"
		}),
		state(func(s *seen) {
			s.Status, s.Attempt, s.Response, s.Progress, s.ProgressMessage = "complete", 2, "12 % up", 10, "calling the model"
		}),
	}
	if diff := cmp.Diff(want, receive(t, updated, len(want))); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	if got := item(t, api, id); got["createToken"] == nil || got["claimToken"] == nil {
		t.Errorf("the record has no tokens that a subscriber could have seen: %v", got)
	}
}

// receive returns the next n events.
func receive(t *testing.T, events <-chan appsynctest.Event, n int) (all []seen) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for range n {
		select {
		case e, ok := <-events:
			var data map[string]seen
			if err := json.Unmarshal(e.Data, &data); !ok || err != nil || e.Errors != nil {
				t.Fatalf("after %v: open %t, %v, %s", all, ok, err, e.Errors)
			}
			for root, s := range data {
				if !strings.HasPrefix(root, "on") {
					t.Errorf("an event of %s", root)
				}
				all = append(all, s)
			}
		case <-deadline:
			t.Fatalf("no event after %v", all)
		}
	}
	return all
}
