package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// secret is in every malformed record, and must be in no error.
const secret = "4111-1111"

var (
	notText   = []any{7, 0.5, true, []byte(secret), []string{secret}, map[string]any{"a": secret}}
	notNumber = []any{secret, "7", true, 0.5, 1e30, -3, []byte(secret), []any{secret}, map[string]any{"a": secret}}
)

// malformed has values of wrong types for each attribute.
var malformed = map[string][]any{
	"status": append(notText, secret, ""), "error": notText, "errorDetail": notText, "progressMessage": notText,
	"claimToken": notText, "createToken": notText, "createdAt": notText, "updatedAt": notText,
	"caller":        notText,
	"onLeaseExpiry": append(notText, secret),
	"attempt":       notNumber, "maxAttempts": append(notNumber, 0), "progress": notNumber, "reports": notNumber,
	"claimableFrom": notNumber, "expiresAt": notNumber, "uncounted": notNumber, "sweepAt": notNumber, "handOvers": notNumber,
	"canceled": {secret, 1, []any{secret}}, "history": {secret, 1, map[string]any{"a": secret}}, "metadata": {1, true, []any{secret}},
}

// TestMalformed has records of others, each with one attribute of a wrong type. All
// calls refuse it by the attribute's name, and leave it as it is.
func TestMalformed(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table, func(o *dynamostore.Options) { o.History = true })
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	for name, values := range malformed {
		for i, v := range values {
			for _, status := range []string{"pending", "processing"} {
				id := fmt.Sprintf("%s %d %s", name, i, status)
				record := map[string]any{"id": id, "status": status, "input": secret, name: v}
				put(t, client, table, record)
				before := read(t, client, table, id)
				_, get := store.Get(ctx, id)
				_, claim := store.Claim(ctx, id, lease("o"))
				_, cancel := store.Cancel(ctx, id, "why")
				_, retry := store.Retry(ctx, id)
				_, create := store.Create(ctx, "in", func(o *jobstore.CreateOptions) { o.ID = id })
				run := jobstore.Run(ctx, store, id, func(context.Context, *jobstore.Job[string, string]) (string, error) {
					t.Error("the handler ran")
					return "", nil
				}, quiet)
				for call, err := range map[string]error{"Get": get, "Claim": claim, "Cancel": cancel, "Retry": retry, "Create": create, "Run": run} {
					if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "the record's "+name+" is ") || strings.Contains(err.Error(), secret) {
						t.Errorf("%s %v: %s returned %v", id, v, call, err)
					}
				}
				var terminal *jobstore.TerminalError
				if !errors.As(run, &terminal) || errors.Is(claim, jobstore.ErrLeased) {
					t.Errorf("%s: Run returned %v, want a *TerminalError", id, run)
				}
				if diff := cmp.Diff(before, read(t, client, table, id)); diff != "" {
					t.Errorf("%s %v: the record was changed (-before +after):\n%s", id, v, diff)
				}
			}
		}
	}
}

// TestMalformedExpired has no Create remove what cannot be read.
func TestMalformedExpired(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "status": "pending", "attempt": secret, "expiresAt": 1})
	before := read(t, client, table, "a")
	_, err = store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "a" })
	if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "the record's attempt is a string") {
		t.Errorf("Create returned %v", err)
	}
	if diff := cmp.Diff(before, read(t, client, table, "a")); diff != "" {
		t.Errorf("the record was changed (-before +after):\n%s", diff)
	}
}

// TestMalformedWhileHeld tells the worker the reason, which is not another claim.
func TestMalformedWhileHeld(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	put(t, client, table, map[string]any{"id": "a", "status": "processing", "claimToken": "o", "attempt": secret})
	c := jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}
	report := store.Report(t.Context(), c, jobstore.Heartbeat{Seq: 1})
	settle := store.Settle(t.Context(), c, jobstore.Outcome[string]{Status: jobstore.Complete})
	for call, err := range map[string]error{"Report": report, "Settle": settle} {
		if !errors.Is(err, jobstore.ErrInvalid) || errors.Is(err, jobstore.ErrLeaseLost) || !strings.Contains(err.Error(), "the record's attempt is a string") {
			t.Errorf("%s returned %v, want ErrInvalid that names the attribute", call, err)
		}
	}
}

// TestMalformedIsNotSwept finds the other jobs first.
func TestMalformedIsNotSwept(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		put(t, client, table, map[string]any{"id": fmt.Sprint("bad", i), "status": "processing", "claimableFrom": secret})
		put(t, client, table, map[string]any{"id": fmt.Sprint("good", i), "status": "pending"})
	}
	found := map[string]bool{}
	swept, err := jobstore.Sweep(t.Context(), store, func(_ context.Context, j jobstore.Stuck) error {
		found[j.ID] = true
		return nil
	})
	if swept.Started != 20 || found["bad0"] {
		t.Errorf("found %v", found)
	}
	if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "the record's claimableFrom is a string") || strings.Contains(err.Error(), secret) {
		t.Errorf("Sweep returned %v", err)
	}
}

// TestCorrupted has the store's own jobs, with a number that somebody has changed to a
// fraction, which no condition can see. A claim that took such a job ends it.
func TestCorrupted(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"attempt": 0.5, "maxAttempts": 2.5, "expiresAt": float64(time.Now().Unix()) + 1000.5, "progress": 1.5} {
		if _, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = name }); err != nil {
			t.Fatal(err)
		}
		record := read(t, client, table, name)
		record[name] = v
		put(t, client, table, record)
		err = jobstore.Run(t.Context(), store, name, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", nil }, quiet)
		var terminal *jobstore.TerminalError
		if !errors.As(err, &terminal) || !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "the record's "+name+" is ") {
			t.Errorf("%s: Run returned %v, want a *TerminalError that names it", name, err)
		}
		if got := read(t, client, table, name); got["status"] == "processing" {
			t.Errorf("%s: left %v", name, got)
		}
	}
}

// TestNulls runs records whose attributes are all NULL, as an API may write them.
func TestNulls(t *testing.T) {
	client := newClient(t)
	for _, history := range []bool{false, true} {
		indexed := func(o *dynamostore.Options) { o.History, o.Index = history, "jobs" }
		table := newTable(t, client, indexed)
		now := time.Now()
		store, err := dynamostore.New[string, string](client, table, indexed, func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
		if err != nil {
			t.Fatal(err)
		}
		null := func(id, status string, change map[string]any) {
			record := map[string]any{"id": id, "status": status}
			for _, name := range slices.Sorted(maps.Keys(malformed)) {
				if name != "status" && name != "sweepAt" { // DynamoDB refuses a NULL in an index key
					record[name] = nil
				}
			}
			record["input"], record["output"] = "in", nil
			maps.Copy(record, change)
			put(t, client, table, record)
		}
		null("pending", "pending", nil)
		null("processing", "processing", nil)
		null("again", "pending", nil)
		null("attempt", "pending", map[string]any{"attempt": 1})
		for _, id := range []string{"pending", "processing", "again", "attempt"} {
			err := jobstore.Run(t.Context(), store, id, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
				if job.Input != "in" || job.MaxAttempts != 8 {
					t.Errorf("%s: the handler got %+v", id, job)
				}
				if err := jobstore.Report(ctx, 50, "half"); err != nil {
					t.Errorf("%s: %v", id, err)
				}
				if id == "again" && job.Attempt == 1 {
					return "", errors.New("busy")
				}
				return "out", nil
			}, quiet)
			if id == "again" {
				now = now.Add(time.Minute)
				err = jobstore.Run(t.Context(), store, id, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "out", nil })
			}
			if got := read(t, client, table, id); err != nil || got["status"] != "complete" || got["output"] != "out" {
				t.Errorf("%s: Run returned %v and left %v", id, err, got)
			}
		}
		null("cancel", "pending", nil)
		if job, err := store.Cancel(t.Context(), "cancel", "why"); err != nil || !job.Canceled {
			t.Errorf("Cancel: %+v, %v", job, err)
		}
		null("given back", "pending", nil)
		job, err := store.Claim(t.Context(), "given back", lease("o"))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Pending, Uncounted: true}); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Get(t.Context(), "given back"); err != nil || got.Attempt != 1 || got.MaxAttempts != 9 || got.Uncounted != 1 {
			t.Errorf("an attempt that does not count left %+v, %v", got, err)
		}
		if history {
			if got, _ := store.Get(t.Context(), "given back"); len(got.History) != 2 {
				t.Errorf("the history is %v", got.History)
			}
		}
		for _, o := range []jobstore.Outcome[string]{{Status: jobstore.Pending, Uncounted: true}, {Status: jobstore.Complete}, {Status: jobstore.Failed}} {
			null("held", "processing", map[string]any{"claimToken": "o", "attempt": 2, "claimableFrom": time.Now().Add(time.Hour).UnixMilli()})
			c := jobstore.Claim{ID: "held", Owner: "o", Attempt: 2}
			if err := store.Report(t.Context(), c, jobstore.Heartbeat{Seq: 1}); err != nil {
				t.Errorf("Report: %v", err)
			}
			if err := store.Settle(t.Context(), c, o); err != nil {
				t.Errorf("Settle as %s: %v", o.Status, err)
			}
		}
	}
}

// TestForeignNumbers claims records with numbers that another program wrote, and one of
// many attempts.
func TestForeignNumbers(t *testing.T) {
	client, count := counted(t)
	table := newTable(t, client)
	store, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	record := map[string]any{"id": "a", "status": "pending", "input": "in", "expiresAt": time.Now().Add(time.Hour).Unix(), "maxAttempts": 30, "attempt": 20}
	put(t, client, table, record)
	count.take()
	for n, want := range []string{"2 UpdateItem", "1 UpdateItem"} {
		job, err := store.Claim(t.Context(), "a", lease("o"+fmt.Sprint(n)))
		if calls := count.take(); err != nil || job.Attempt != 21+n || calls != want {
			t.Errorf("claim %d took %s: %+v, %v", n, calls, job, err)
		}
		if err := store.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Pending}); err != nil {
			t.Fatal(err)
		}
		count.take()
	}
	put(t, client, table, map[string]any{"id": "b", "status": "pending", "input": "in", "attempt": 1, "createdAt": "2024-01-01T00:00:00Z", "metadata": `{"a":1}`})
	count.take()
	if job, err := store.Claim(t.Context(), "b", lease("o")); err != nil || job.Attempt != 2 {
		t.Errorf("%+v, %v", job, err)
	}
	if calls := count.take(); calls != "1 UpdateItem" {
		t.Errorf("a small whole number took %s", calls)
	}
}
