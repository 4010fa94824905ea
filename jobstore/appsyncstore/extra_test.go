package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestOwner has the owner of an allow.owner() model see the creation and each change of a
// job that a function created, and another user see none.
func TestOwner(t *testing.T) {
	api := appsynctest.StartVariant(t, "owner", "id")
	store := newStore(t, api, func(o *appsyncstore.Options) { o.Select = []string{"owner"} })
	if err := store.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	var seen [2]<-chan appsynctest.Event
	for i, user := range []string{"ann", "bob"} {
		var channels []<-chan appsynctest.Event
		for _, on := range []string{"onCreateQueryJob", "onUpdateQueryJob"} {
			events, err := api.SubscribeAs(t, api.User(user), `subscription { `+on+` { id status owner } }`, nil)
			if err != nil {
				t.Fatal(err)
			}
			channels = append(channels, events)
		}
		seen[i] = merged(t.Context(), channels)
	}
	ctx := appsyncstore.WithFields(t.Context(), map[string]any{"owner": "ann::name of ann"})
	job, err := store.Create(ctx, "in")
	if err != nil {
		t.Fatal(err)
	}
	if err := jobstore.Run(t.Context(), store, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pending", "processing", "complete"} {
		select {
		case e := <-seen[0]:
			if !strings.Contains(string(e.Data), `"status":"`+want+`"`) || len(e.Errors) > 0 {
				t.Errorf("the owner saw %s %s, want %s", e.Data, e.Errors, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("the owner saw nothing of %s", want)
		}
	}
	select {
	case e := <-seen[1]:
		t.Errorf("another user saw %s", e.Data)
	default:
	}
}

func merged(ctx context.Context, channels []<-chan appsynctest.Event) <-chan appsynctest.Event {
	all := make(chan appsynctest.Event)
	for _, c := range channels {
		go func() {
			for e := range c {
				select {
				case all <- e:
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	return all
}

// TestCheckOwner says what keeps an owner from seeing jobs.
func TestCheckOwner(t *testing.T) {
	api := appsynctest.StartVariant(t, "ownerUndeclared", "id")
	want := []string{
		"CreateQueryJobInput has no owner, so no function can say whose a job is: declare owner: a.string() in the model",
		"subscriptions are filtered by owner, which the mutations do not select: name it in Options.Select, and not in Omit",
	}
	if got := problems(t, newStore(t, api).Check(t.Context())); !slices.Equal(got, want) {
		t.Errorf("Check says %q, want %q", got, want)
	}
}

// TestTenants creates jobs of a tenant, with labels, in a model with a relation.
func TestTenants(t *testing.T) {
	api := appsynctest.StartVariant(t, "tenants", "id")
	store := newStore(t, api)
	if got := problems(t, store.Check(t.Context())); !slices.Equal(got, []string{"CreateQueryJobInput requires tenantId, which neither Options.Extra nor WithFields writes"}) {
		t.Errorf("Check says %q", got)
	}
	ctx := appsyncstore.WithFields(t.Context(), map[string]any{"tenantId": "another"})
	ctx = appsyncstore.WithFields(ctx, map[string]any{"tenantId": "acme", "labels": []string{"urgent", "eu"}})
	if err := store.Check(ctx); err != nil {
		t.Error(err)
	}
	job, err := store.Create(ctx, "in")
	if err != nil {
		t.Fatal(err)
	}
	if err := jobstore.Run(t.Context(), store, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }); err != nil {
		t.Fatal(err)
	}
	got := item(t, api, job.ID)
	labels, _ := json.Marshal(got["labels"])
	if got["tenantId"] != "acme" || string(labels) != `["urgent","eu"]` || got["status"] != "complete" {
		t.Errorf("stored %v", got)
	}
	for _, bad := range []map[string]any{{"status": "complete"}, {"a b": 1}, {"labels": func() {}}} {
		if _, err := store.Create(appsyncstore.WithFields(ctx, bad), "in"); !errors.Is(err, jobstore.ErrInvalid) {
			t.Errorf("%v: %v, want ErrInvalid", bad, err)
		}
	}
}
