package dynamostore_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// TestRearmOfOthers has a sweep find records of other programs, which do not say when it is
// to look at them: it finds each once, and the time at which a claim ends stays.
func TestRearmOfOthers(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	old := "2026-01-01T00:00:00.000Z"
	put(t, client, table, map[string]any{"id": "bare", "status": "pending", "updatedAt": old})
	put(t, client, table, map[string]any{"id": "null", "status": "pending", "updatedAt": old, "sweepAt": nil, "handOvers": nil})
	put(t, client, table, map[string]any{"id": "processing", "status": "processing", "updatedAt": old})
	find := func() (found []jobstore.Stuck) {
		for job, err := range store.Stuck(t.Context(), time.Now()) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, job)
		}
		return found
	}
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	first := find()
	for _, job := range first {
		if mine, err := store.Rearm(t.Context(), job, at); err != nil || !mine {
			t.Errorf("%s: %t, %v", job.ID, mine, err)
		}
		if mine, err := store.Rearm(t.Context(), job, at.Add(time.Second)); err != nil || mine {
			t.Errorf("%s: another sweep: %t, %v", job.ID, mine, err)
		}
		got := read(t, client, table, job.ID)
		if want := map[string]any{"updatedAt": old, "sweepAt": float64(at.UnixMilli()), "handOvers": 1.0}; cmp.Diff(want, map[string]any{
			"updatedAt": got["updatedAt"], "sweepAt": got["sweepAt"], "handOvers": got["handOvers"],
		}) != "" {
			t.Errorf("%s: the record is %v, want %v", job.ID, got, want)
		}
	}
	if again := find(); len(first) != 3 || len(again) > 0 {
		t.Errorf("found %v and then %v, want each record once", first, again)
	}
	if job, err := store.Claim(t.Context(), "processing", lease("o")); err != nil || job.Attempt != 1 {
		t.Errorf("a claim of what was re-armed: %+v, %v", job, err)
	}
}

// TestUncountedNull has a record in which only the number of the attempts that did not count
// is NULL.
func TestUncountedNull(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "status": "processing", "claimToken": "o", "attempt": 2, "maxAttempts": 4, "uncounted": nil, "claimableFrom": time.Now().Add(time.Hour).UnixMilli()})
	o := jobstore.Outcome[string]{Status: jobstore.Pending, Uncounted: true}
	if err := store.Settle(t.Context(), jobstore.Claim{ID: "a", Owner: "o", Attempt: 2}, o); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Get(t.Context(), "a"); err != nil || got.Uncounted != 1 || got.MaxAttempts != 5 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestMalformedOfAStore has records that a store wrote, and that another program has
// changed since.
func TestMalformedOfAStore(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"uncounted", "sweepAt", "handOvers"} {
		put(t, client, table, map[string]any{"id": name, "status": "pending", "createToken": "c", "input": "in", name: secret})
		before := read(t, client, table, name)
		if _, err := store.Claim(t.Context(), name, lease("o")); !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: Claim returned %v", name, err)
		}
		if diff := cmp.Diff(before, read(t, client, table, name)); diff != "" {
			t.Errorf("%s: the record was changed (-before +after):\n%s", name, diff)
		}
	}
}
