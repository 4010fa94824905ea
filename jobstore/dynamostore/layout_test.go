package dynamostore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

func marked(o *dynamostore.Options) { o.Marker = jobstore.Marker{Name: "kind", Value: "job"} }

// single is the layout of a table that has items of many kinds.
func single(o *dynamostore.Options) {
	marked(o)
	o.Attributes.ID = "PK"
	o.Attributes.Status = "state"
	o.SortKey = dynamostore.SortKey{Name: "SK", Value: func(id string) string { return "JOB#" + id[:min(len(id), 100)] }}
	o.Index, o.CallerIndex = "jobs", "callers"
}

func TestLayout(t *testing.T) {
	store := newStore(t, newClient(t), single)
	layout, ok := jobstore.As[jobstore.Layouter](jobstore.JobStore[string, string](store))
	want := jobstore.DefaultLayout()
	want.ID, want.SortKey, want.Status, want.Marker = "PK", "SK", "state", jobstore.Marker{Name: "kind", Value: "job"}
	if !ok || layout.Layout() != want {
		t.Errorf("%+v, want %+v", layout.Layout(), want)
	}
}

// TestOtherItems has items that look like jobs and are not. No call reads or
// changes them.
func TestOtherItems(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table, marked)
	if err != nil {
		t.Fatal(err)
	}
	ctx, past := t.Context(), time.Now().Add(-time.Hour)
	for name, item := range map[string]map[string]any{
		"an order":           {"kind": "order"},
		"no kind":            {},
		"a kind of NULL":     {"kind": nil},
		"a kind of its own":  {"kind": 7},
		"expired":            {"kind": "order", "expiresAt": past.Unix()},
		"held":               {"kind": "order", "status": "processing", "claimToken": "o", "attempt": 1, "claimableFrom": past.UnixMilli()},
		"without an attempt": {"kind": "order", "attempt": 3},
		"NULL":               {"kind": "order", "attempt": nil, "history": nil},
	} {
		item["id"] = name
		if item["status"] == nil {
			item["status"] = "pending"
		}
		put(t, client, table, item)
		before := read(t, client, table, name)
		_, get := store.Get(ctx, name)
		_, claim := store.Claim(ctx, name, lease("p"))
		_, cancel := store.Cancel(ctx, name, "why")
		for call, err := range map[string]error{"Get": get, "Claim": claim, "Cancel": cancel} {
			if !errors.Is(err, jobstore.ErrNotFound) {
				t.Errorf("%s: %s returned %v, want ErrNotFound", name, call, err)
			}
		}
		held := jobstore.Claim{ID: name, Owner: "o", Attempt: 1}
		report := store.Report(ctx, held, jobstore.Heartbeat{Seq: 1})
		settle := store.Settle(ctx, held, jobstore.Outcome[string]{Status: jobstore.Complete})
		for call, err := range map[string]error{"Report": report, "Settle": settle} {
			if !errors.Is(err, jobstore.ErrLeaseLost) {
				t.Errorf("%s: %s returned %v, want ErrLeaseLost", name, call, err)
			}
		}
		_, err := store.Create(ctx, "in", func(o *jobstore.CreateOptions) { o.ID = name })
		if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), `its kind is not "job"`) {
			t.Errorf("%s: Create returned %v, want ErrInvalid that names the marker", name, err)
		}
		if diff := cmp.Diff(before, read(t, client, table, name)); diff != "" {
			t.Errorf("%s was changed (-before +after):\n%s", name, diff)
		}
	}
	put(t, client, table, map[string]any{"id": "a job", "status": "pending", "kind": "job"})
	found := map[string]bool{}
	if _, err := jobstore.Sweep(ctx, store, func(_ context.Context, j jobstore.Stuck) error { found[j.ID] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || !found["a job"] {
		t.Errorf("Sweep found %v", found)
	}
	if _, err := store.Claim(ctx, "a job", lease("p")); err != nil {
		t.Error(err)
	}
}

// TestSortKeyIsChecked refuses what DynamoDB would, before the request.
func TestSortKeyIsChecked(t *testing.T) {
	for name, value := range map[string]string{"empty": "", "too long": strings.Repeat("x", 1025), "not UTF-8": "\xff"} {
		store := newStore(t, newClient(t), func(o *dynamostore.Options) {
			o.SortKey = dynamostore.SortKey{Name: "SK", Value: func(string) string { return value }}
		})
		for op, err := range everyCall(t.Context(), store) {
			if op != "sweep" && (!errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "SK is ")) {
				t.Errorf("%s: %s returned %v, want ErrInvalid that names the sort key", name, op, err)
			}
		}
	}
}

// TestAmplifyOwner leaves the user in the model's field owner.
func TestAmplifyOwner(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table, dynamostore.Amplify("QueryJob"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "query": "?", "status": "pending", "__typename": "QueryJob", "owner": "sub::user"})
	if err := jobstore.Run(t.Context(), store, "a", func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil }); err != nil {
		t.Fatal(err)
	}
	if got := read(t, client, table, "a"); got["owner"] != "sub::user" || got["status"] != "complete" {
		t.Errorf("left %v", got)
	}
}
