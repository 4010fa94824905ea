package dynamostore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// TestLargestOutput stores as much as is let through, which the server must take too.
func TestLargestOutput(t *testing.T) {
	s := newStore(t, newClient(t), func(o *dynamostore.Options) { o.History = true })
	job, err := s.Create(t.Context(), strings.Repeat("x", 100<<10))
	if err != nil {
		t.Fatal(err)
	}
	job, err = s.Claim(t.Context(), job.ID, lease(strings.Repeat("w", driver.MaxOwnerBytes)))
	if err != nil {
		t.Fatal(err)
	}
	progress := &jobstore.Progress{Percent: 100, Message: strings.Repeat("m", jobstore.MaxMessageBytes)}
	for n := 300 << 10; ; n -= 64 {
		err := s.Settle(t.Context(), job.Claim(), jobstore.Outcome[string]{Status: jobstore.Complete, Output: strings.Repeat("x", n), Progress: progress})
		if err == nil && n > 290<<10 {
			return
		}
		if !errors.Is(err, jobstore.ErrTooLarge) || n < 290<<10 {
			t.Fatalf("an output of %d bytes: %v", n, err)
		}
	}
}

// TestFullRecord has records that somebody else has filled nearly up to the limit. One
// that has room for a claim fails with a short error; one that has none says so.
func TestFullRecord(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	s, err := dynamostore.New[string, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	fill := func(id string, free int) {
		record := map[string]any{"id": id, "status": "pending", "input": ""}
		put(t, client, table, record)
		got, err := s.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		record["input"] = strings.Repeat("x", 400<<10-got.Size-free)
		put(t, client, table, record)
	}
	fill("some", 1000)
	err = jobstore.Run(t.Context(), s, "some", func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "", jobstore.Permanent(jobstore.Public(errors.New(strings.Repeat("detail", 600)), strings.Repeat("text", 600)))
	}, quiet)
	var terminal *jobstore.TerminalError
	if got, _ := s.Get(t.Context(), "some"); !errors.As(err, &terminal) || got.Status != jobstore.Failed || !strings.HasPrefix(got.Error, "text") {
		t.Errorf("Run returned %v and left %s %.10q", err, got.Status, got.Error)
	}

	fill("none", 20)
	_, err = s.Claim(t.Context(), "none", lease("o"))
	if !errors.Is(err, jobstore.ErrInvalid) || !errors.Is(err, jobstore.ErrTooLarge) || !strings.Contains(err.Error(), "no room") {
		t.Errorf("a claim without room: %v", err)
	}
	if got, err := s.Get(t.Context(), "none"); err != nil || got.Status != jobstore.Pending {
		t.Errorf("it left %s, %v", got.Status, err)
	}
}

// TestRedelivered reads before it writes.
func TestRedelivered(t *testing.T) {
	client, count := counted(t)
	s := newStore(t, client)
	redelivered := func(o *jobstore.CreateOptions) { o.ID, o.Redelivered = "a", true }
	if _, err := s.Create(t.Context(), "in", redelivered); err != nil {
		t.Fatal(err)
	}
	count.take()
	job, err := s.Create(t.Context(), "other", redelivered)
	if calls := count.take(); !errors.Is(err, jobstore.ErrExists) || job.Input != "in" || calls != "1 GetItem" {
		t.Errorf("%+v, %v with %s; want the first job, and no write", job, err, calls)
	}
}

// TestExpiryIsASecond has a job live until the second of its expiry, to all calls.
func TestExpiryIsASecond(t *testing.T) {
	now := time.Unix(time.Now().Unix(), 0)
	s := newStore(t, newClient(t), func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
	expiring := func(o *jobstore.CreateOptions) { o.ExpiresAt = now.Add(time.Minute) }
	create := func() string {
		job, err := s.Create(t.Context(), "in", expiring)
		if err != nil {
			t.Fatal(err)
		}
		return job.ID
	}
	claimed, pending := create(), create()
	now = now.Add(time.Minute - time.Millisecond)
	if _, err := s.Claim(t.Context(), claimed, lease("o")); err != nil {
		t.Errorf("a millisecond before: %v", err)
	}
	now = now.Add(time.Millisecond)
	_, get := s.Get(t.Context(), claimed)
	_, claim := s.Claim(t.Context(), pending, lease("o"))
	_, cancel := s.Cancel(t.Context(), pending, "why")
	for call, err := range map[string]error{"get": get, "claim": claim, "cancel": cancel} {
		if !errors.Is(err, jobstore.ErrNotFound) {
			t.Errorf("%s then: %v, want ErrNotFound", call, err)
		}
	}
}
