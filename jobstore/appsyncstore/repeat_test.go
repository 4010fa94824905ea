package appsyncstore_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// lose has the nth request to op performed and its answer lost, as a connection that
// breaks does. between runs before the store tries again.
func (w *wire) lose(op string, nth int, between func()) {
	w.take()
	w.hook = func(at string, send func() (*http.Response, error)) (*http.Response, error) {
		resp, err := send()
		if at == op+"QueryJob" {
			nth--
		}
		if err != nil || nth > 0 || at != op+"QueryJob" {
			return resp, err
		}
		resp.Body.Close()
		w.hook = nil
		if between != nil {
			between()
		}
		return nil, io.ErrUnexpectedEOF
	}
}

// losing is a store whose clock stands still, and the wire that loses its answers.
type losing struct {
	*testing.T
	*wire
	store *appsyncstore.Store[string, string]
	now   time.Time
	held  jobstore.Claim
}

func withID(id string) func(*jobstore.CreateOptions) {
	return func(o *jobstore.CreateOptions) { o.ID = id }
}

func (l *losing) create(opts ...func(*jobstore.CreateOptions)) string {
	return newJob(l.T, l.store, opts...)
}

func (l *losing) claim(id string) jobstore.Claim {
	l.Helper()
	job, err := l.store.Claim(l.Context(), id, jobstore.Lease{Owner: jobstore.NewID(), Until: l.now.Add(time.Minute)})
	if err != nil {
		l.Fatal(err)
	}
	return job.Claim()
}

func (l *losing) settle(c jobstore.Claim, status jobstore.Status) error {
	l.now = l.now.Add(time.Millisecond) // no job is due again in that of its claim
	return l.store.Settle(l.Context(), c, jobstore.Outcome[string]{Status: status, Output: "out", Error: "why"})
}

// is checks what the job is in the end.
func (l *losing) is(id string, want string) error {
	job, err := l.store.Get(l.Context(), id)
	if err != nil {
		return err
	}
	got := fmt.Sprintf("%s %d %s%s", job.Status, job.Attempt, job.Output, job.Error)
	if got != want {
		return fmt.Errorf("the job is %q, want %q", got, want)
	}
	return nil
}

// TestGuarantee5 loses the answer to a try of every write. Each case prepares a job
// and returns the call that meets the loss; then the wire loses the nth answer to op.
func TestGuarantee5(t *testing.T) {
	api := appsynctest.Start(t)
	given := func(id string) func(*jobstore.CreateOptions) {
		return func(o *jobstore.CreateOptions) { o.ID = id }
	}
	for _, c := range []struct {
		name     string
		op       string
		nth      int
		requests string // of the call
		end      string // of the job
		prepare  func(*losing) (id string, call func() error)
	}{
		{"create", "create", 1, "2 create, 1 get", "pending 0 ", func(l *losing) (string, func() error) {
			id := jobstore.NewID()
			return id, func() error {
				job, err := l.store.Create(l.Context(), "in", given(id))
				if err == nil && (job.ID != id || job.Input != "in" || job.Status != jobstore.Pending) {
					return fmt.Errorf("created %+v", job)
				}
				return err
			}
		}},
		{"claim", "update", 1, "2 update", "processing 1 ", func(l *losing) (string, func() error) {
			id := l.create()
			return id, func() error {
				job, err := l.store.Claim(l.Context(), id, lease("o"))
				if err == nil && (job.Owner != "o" || job.Attempt != 1 || job.Input != "in") {
					return fmt.Errorf("claimed %+v", job)
				}
				return err
			}
		}},
		{"second claim", "update", 2, "1 get, 3 update", "processing 2 why", func(l *losing) (string, func() error) {
			id := l.create()
			if err := l.settle(l.claim(id), jobstore.Pending); err != nil {
				l.Fatal(err)
			}
			return id, func() error {
				_, err := l.store.Claim(l.Context(), id, lease("o"))
				return err
			}
		}},
		{"report", "update", 1, "1 get, 2 update", "processing 1 ", func(l *losing) (string, func() error) {
			id := l.create()
			c := l.claim(id)
			return id, func() error {
				return l.store.Report(l.Context(), c, jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 5}, LeaseUntil: l.now.Add(time.Hour)})
			}
		}},
		{"settle to pending", "update", 1, "1 get, 2 update", "pending 1 why", settling(jobstore.Pending)},
		{"settle to complete", "update", 1, "1 get, 2 update", "complete 1 out", settling(jobstore.Complete)},
		{"settle to error", "update", 1, "1 get, 2 update", "error 1 why", settling(jobstore.Failed)},
		{"cancel", "update", 1, "1 get, 2 update", "error 0 unwanted", func(l *losing) (string, func() error) {
			id := l.create()
			return id, func() error {
				_, err := l.store.Cancel(l.Context(), id, "unwanted")
				return err
			}
		}},
		{"abandon", "update", 2, "2 get, 3 update", "error 1 " + "the only attempt did not finish", func(l *losing) (string, func() error) {
			id := l.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
			l.claim(id)
			l.now = l.now.Add(time.Hour)
			return id, func() error {
				if _, err := l.store.Claim(l.Context(), id, lease("o")); !errors.Is(err, jobstore.ErrFinished) {
					return fmt.Errorf("claim: %v, want ErrFinished", err)
				}
				return nil
			}
		}},
		{"create in the place of an expired job", "delete", 1, "2 create, 2 delete, 1 get", "pending 0 ", func(l *losing) (string, func() error) {
			id := l.create(func(o *jobstore.CreateOptions) { o.ExpiresAt = l.now.Add(time.Minute) })
			l.now = l.now.Add(time.Hour)
			return id, func() error {
				_, err := l.store.Create(l.Context(), "again", given(id))
				return err
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLosing(t, api)
			id, call := c.prepare(l)
			l.lose(c.op, c.nth, nil)
			err := call()
			if got := l.take(); err != nil || l.hook != nil || got != c.requests {
				t.Errorf("%v, answer lost: %t, took %q, want %q", err, l.hook == nil, got, c.requests)
			}
			if err := l.is(id, c.end); err != nil {
				t.Error(err)
			}
		})
	}
}

func newLosing(t *testing.T, api *appsynctest.API) *losing {
	l := &losing{T: t, now: time.Now()}
	l.store, l.wire = wired(t, api, func(o *appsyncstore.Options) { o.Now = func() time.Time { return l.now } })
	return l
}

func settling(status jobstore.Status) func(*losing) (string, func() error) {
	return func(l *losing) (string, func() error) {
		id := l.create()
		c := l.claim(id)
		return id, func() error { return l.settle(c, status) }
	}
}

// TestQuickWorker has a job claimed between the try of its create whose answer was
// lost and the second.
func TestQuickWorker(t *testing.T) {
	l := newLosing(t, appsynctest.Start(t))
	id := jobstore.NewID()
	l.lose("create", 1, func() { l.claim(id) })
	job, err := l.store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = id })
	if err != nil || job.Status != jobstore.Processing {
		t.Errorf("Create returned %+v, %v", job, err)
	}
}

// TestClaimAgain makes a claim again that took effect, as its caller may.
func TestClaimAgain(t *testing.T) {
	store := newStore(t, appsynctest.Start(t))
	id := newJob(t, store)
	for attempt := 1; attempt <= 2; attempt++ {
		l := lease(jobstore.NewID())
		var again *jobstore.Job[string, string]
		var err error
		for range 2 {
			if again, err = store.Claim(t.Context(), id, l); err != nil {
				t.Fatal(err)
			}
		}
		if again.Attempt != attempt || again.Owner != l.Owner || again.Input != "in" {
			t.Errorf("attempt %d again: %+v", attempt, again)
		}
		if err := store.Settle(t.Context(), again.Claim(), jobstore.Outcome[string]{Status: jobstore.Pending}); err != nil {
			t.Fatal(err)
		}
	}
}

func newJob(t *testing.T, store *appsyncstore.Store[string, string], opts ...func(*jobstore.CreateOptions)) (id string) {
	t.Helper()
	job, err := store.Create(t.Context(), "in", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return job.ID
}

// TestCompleteByAnother tells a worker that its lease was lost, although the job is
// where the worker would bring it.
func TestCompleteByAnother(t *testing.T) {
	api := appsynctest.Start(t)
	l := newLosing(t, api)
	id := l.create()
	first := l.claim(id)
	l.now = l.now.Add(time.Hour)
	second := l.claim(id)
	if err := l.settle(second, jobstore.Complete); err != nil {
		t.Fatal(err)
	}
	if err := l.settle(first, jobstore.Complete); !errors.Is(err, jobstore.ErrLeaseLost) {
		t.Errorf("Settle returned %v, want ErrLeaseLost", err)
	}
	if got := item(t, api, id); got["claimableFrom"] != nil {
		t.Errorf("a finished job still has a lease: %v", got)
	}
}
