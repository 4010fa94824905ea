package appsyncstore_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// seedAPI is the API of the seed's model, shared by the tests of this file.
var (
	seedOnce sync.Once
	seedAPI  *appsynctest.API
)

func seedStore(t *testing.T, opts ...func(*appsyncstore.Options)) (*losing, *appsynctest.API) {
	t.Helper()
	seedOnce.Do(func() { seedAPI = appsynctest.StartVariant(t, "seed", "id") })
	if seedAPI == nil {
		t.Fatal("the API of the seed's model did not start")
	}
	l := &losing{T: t, now: time.Now()}
	opts = append([]func(*appsyncstore.Options){appsyncstore.Minimal, func(o *appsyncstore.Options) { o.Now = func() time.Time { return l.now } }}, opts...)
	l.store, l.wire = wired(t, seedAPI, opts...)
	return l, seedAPI
}

// TestMinimalRuns runs jobs in the seed's model as it is, with three writes a job.
func TestMinimalRuns(t *testing.T) {
	l, _ := seedStore(t)
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		err error
		end string
	}{
		"a job that completes": {nil, "complete 1 out"},
		"a job that fails":     {jobstore.Public(boom, "no luck"), "error 1 no luck"},
	} {
		t.Run(name, func(t *testing.T) {
			l.take()
			id := l.create()
			err := jobstore.Run(t.Context(), l.store, id, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
				if job.Input != "in" || job.Attempt != 1 || job.MaxAttempts != 1 || job.LeaseUntil.IsZero() {
					t.Errorf("the handler got %+v", job)
				}
				return "out", c.err
			}, quiet)
			if errors.Is(err, boom) != (c.err != nil) {
				t.Errorf("Run: %v", err)
			}
			if got := l.take(); got != "1 create, 2 update" {
				t.Errorf("it took %q", got)
			}
			if err := l.is(id, c.end); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMinimalHasOneWinner races claims, and then a claim that is sent again.
func TestMinimalHasOneWinner(t *testing.T) {
	l, _ := seedStore(t)
	id := l.create()
	var won atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := l.store.Claim(t.Context(), id, lease(jobstore.NewID()))
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, jobstore.ErrLeased):
				t.Errorf("a claim that lost: %v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d claims won", won.Load())
	}
}

// TestMinimalWorkerDied ends a job 15 minutes after the last sign of its worker. A sweep
// finds it.
func TestMinimalWorkerDied(t *testing.T) {
	l, api := seedStore(t)
	api.Clear(t)
	id := l.create()
	held := l.claim(id)
	l.now = l.now.Add(14 * time.Minute)
	if _, err := l.store.Claim(t.Context(), id, lease("other")); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("after 14 minutes: %v, want ErrLeased", err)
	}
	l.now = l.now.Add(2 * time.Minute)
	var found []string
	if _, err := jobstore.Sweep(t.Context(), l.store, func(_ context.Context, s jobstore.Stuck) error {
		found = append(found, s.ID)
		return nil
	}, func(o *jobstore.SweepOptions) { o.Now = func() time.Time { return l.now } }); err != nil || len(found) != 1 || found[0] != id {
		t.Errorf("the sweep found %q, %v", found, err)
	}
	if _, err := l.store.Claim(t.Context(), id, lease("other")); !errors.Is(err, jobstore.ErrAbandoned) {
		t.Errorf("after 16 minutes: %v, want ErrAbandoned", err)
	}
	if err := l.settle(held, jobstore.Complete); !errors.Is(err, jobstore.ErrLeaseLost) {
		t.Errorf("the worker came back and got %v, want ErrLeaseLost", err)
	}
	if err := l.is(id, "error 1 the only attempt did not finish"); err != nil {
		t.Error(err)
	}
}

// TestMinimalLostAnswers loses the answer to each write.
func TestMinimalLostAnswers(t *testing.T) {
	l, _ := seedStore(t)
	id := jobstore.NewID()
	l.lose("create", 1, nil)
	if job, err := l.store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil || job.Input != "in" {
		t.Errorf("Create: %+v, %v", job, err)
	}
	held := l.claim(id)
	for _, status := range []jobstore.Status{jobstore.Complete, jobstore.Complete} {
		l.lose("update", 1, nil)
		if err := l.settle(held, status); err != nil {
			t.Errorf("settle: %v", err)
		}
	}
	l.wire.hook = nil
	if err := l.settle(held, jobstore.Failed); !errors.Is(err, jobstore.ErrLeaseLost) {
		t.Errorf("a settle with another outcome: %v, want ErrLeaseLost", err)
	}
	id = l.create()
	l.lose("update", 1, nil)
	if _, err := l.store.Claim(t.Context(), id, lease("o")); !errors.Is(err, jobstore.ErrLeased) {
		t.Errorf("a claim that cannot know itself: %v, want ErrLeased", err)
	}
}

// TestMinimalForeignOutcome is not a worker's own.
func TestMinimalForeignOutcome(t *testing.T) {
	l, api := seedStore(t)
	id := l.create()
	held := l.claim(id)
	api.Query(t, `mutation ($input: UpdateQueryJobInput!) { updateQueryJob(input: $input) { id } }`,
		map[string]any{"input": map[string]any{"id": id, "status": "complete", "response": "theirs"}})
	if err := l.settle(held, jobstore.Complete); !errors.Is(err, jobstore.ErrLeaseLost) {
		t.Errorf("settle: %v, want ErrLeaseLost", err)
	}
	if err := l.is(id, "complete 1 theirs"); err != nil {
		t.Error(err)
	}
}

// TestMinimalRefuses what it cannot keep, and names the field that would.
func TestMinimalRefuses(t *testing.T) {
	l, _ := seedStore(t)
	for field, opt := range map[string]func(*jobstore.CreateOptions){
		"Caller":        func(o *jobstore.CreateOptions) { o.Caller = "user" },
		"MaxAttempts":   func(o *jobstore.CreateOptions) { o.MaxAttempts = 3 },
		"OnLeaseExpiry": func(o *jobstore.CreateOptions) { o.OnLeaseExpiry = jobstore.Hold },
		"ClaimableFrom": func(o *jobstore.CreateOptions) { o.StartAt = l.now.Add(time.Hour) },
		"ExpiresAt":     func(o *jobstore.CreateOptions) { o.ExpiresAt = l.now.Add(time.Hour) },
	} {
		l.take()
		_, err := l.store.Create(t.Context(), "in", opt)
		if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), "Fields."+field) || l.take() != "" {
			t.Errorf("%v, want ErrInvalid that names %s, before a request", err, field)
		}
	}
	if job, err := l.store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.Metadata = map[string]any{"session": "s"} }); err != nil || job.Metadata["session"] != "s" {
		t.Errorf("metadata: %+v, %v", job, err)
	}
	if got := panicOf(func() {
		newStore(t, seedAPI, appsyncstore.Minimal, func(o *appsyncstore.Options) { o.MaxAttempts = 3 })
	}); !strings.Contains(got, "MaxAttempts is 3") {
		t.Errorf("MaxAttempts of the store: panicked with %q", got)
	}
	if got := panicOf(func() {
		newStore(t, seedAPI, appsyncstore.Minimal, func(o *appsyncstore.Options) { o.Fields.Attempt = "attempt" })
	}); !strings.Contains(got, "all four a name, or none") {
		t.Errorf("half a fence: panicked with %q", got)
	}
}

// TestLacks has the store say what it lacks: nothing with all fields, or one for all.
func TestLacks(t *testing.T) {
	l, api := seedStore(t)
	if got := strings.Join(l.store.Lacks(), "\n"); !strings.Contains(got, "one attempt") || !strings.Contains(got, "no job waits") || strings.Contains(got, "metadata") {
		t.Errorf("the seed's model lacks %s", got)
	}
	for _, store := range []*appsyncstore.Store[string, string]{newStore(t, api), newStore(t, api, oneField)} {
		if got := store.Lacks(); got != nil {
			t.Errorf("lacks %q", got)
		}
	}
}
