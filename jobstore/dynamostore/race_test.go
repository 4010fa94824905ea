package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// racing changes a record right before each of the first writes to it that come after
// its read.
type racing struct {
	*dynamodb.Client
	change func() // before each write but the first
	writes int
	times  int
}

func (r *racing) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if r.writes++; r.writes > 1 && r.writes <= 1+r.times {
		r.change()
	}
	return r.Client.UpdateItem(ctx, in, opts...)
}

// TestLostRaces has another writer be quicker, a few times and always. The call tries
// again, and does not say that somebody holds the job.
func TestLostRaces(t *testing.T) {
	client := newClient(t)
	table, n := newTable(t, client), 0
	null := func() {
		n++
		put(t, client, table, map[string]any{"id": "a", "status": "pending", "attempt": nil, "updatedAt": fmt.Sprintf("2026-01-01T00:00:00.%03dZ", n)})
	}
	exhausted := func() {
		n++
		put(t, client, table, map[string]any{"id": "a", "status": "processing", "attempt": 8, "updatedAt": fmt.Sprintf("2026-01-01T00:00:00.%03dZ", n)})
	}
	for name, c := range map[string]struct {
		record func()
		call   func(*dynamostore.Store[string, string]) error
		want   error
	}{
		"claim": {null, func(s *dynamostore.Store[string, string]) error {
			_, err := s.Claim(t.Context(), "a", lease("o"))
			return err
		}, nil},
		"cancel": {null, func(s *dynamostore.Store[string, string]) error {
			_, err := s.Cancel(t.Context(), "a", "why")
			return err
		}, nil},
		"claim that abandons": {exhausted, func(s *dynamostore.Store[string, string]) error {
			_, err := s.Claim(t.Context(), "a", lease("o"))
			return err
		}, jobstore.ErrAbandoned},
	} {
		c.record()
		few := &racing{Client: client, change: c.record, times: 2}
		store, err := dynamostore.New[string, string](few, table)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.call(store); !errors.Is(err, c.want) {
			t.Errorf("%s, after two lost races: %v, want %v", name, err, c.want)
		}

		c.record()
		always := &racing{Client: client, change: c.record, times: 100}
		if store, err = dynamostore.New[string, string](always, table); err != nil {
			t.Fatal(err)
		}
		err = c.call(store)
		if err == nil || !strings.Contains(err.Error(), "the record has changed under each of 5 tries") {
			t.Errorf("%s, after all races were lost: %v", name, err)
		}
		for _, wrong := range []error{jobstore.ErrLeased, jobstore.ErrFinished, jobstore.ErrNotDue, jobstore.ErrNotFound, jobstore.ErrInvalid} {
			if errors.Is(err, wrong) {
				t.Errorf("%s, after all races were lost: %v", name, err)
			}
		}
	}
}

// TestSlowClock has a worker whose clock is behind the creator's. Its claim is refused
// as a copy of an old one would be, and goes through as read.
func TestSlowClock(t *testing.T) {
	client, count := counted(t)
	now := time.Now()
	store := newStore(t, client, func(o *dynamostore.Options) { o.Now = func() time.Time { return now } })
	for name, call := range map[string]func() error{
		"a": func() error { _, err := store.Claim(t.Context(), "a", lease("o")); return err },
		"b": func() error { _, err := store.Cancel(t.Context(), "b", "why"); return err },
	} {
		if _, err := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = name }); err != nil {
			t.Fatal(err)
		}
		now = now.Add(-time.Second)
		count.take()
		err := call()
		if calls := count.take(); err != nil || calls != "2 UpdateItem" {
			t.Errorf("%s: %v with %s", name, err, calls)
		}
	}
}
