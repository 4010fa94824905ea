package jobstoretest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// witness sees every write, one at a time, and reads the job after each to check what
// must never happen. It is next to the store, below the faults.
type witness struct {
	jobstore.JobStore[string, string] // the witness itself

	t     *testing.T
	inner jobstore.JobStore[string, string]

	sweeper jobstore.Sweeper // of inner

	mu       sync.Mutex
	last     map[string]*job // as the latest write left it
	finished map[string]int  // how often a job went from unfinished to finished
}

func newWitness(t *testing.T, inner jobstore.JobStore[string, string]) *witness {
	sweeper, ok := jobstore.As[jobstore.Sweeper](inner)
	if !ok {
		t.Fatalf("%T is not a jobstore.Sweeper", inner)
	}
	w := &witness{t: t, inner: inner, sweeper: sweeper, last: map[string]*job{}, finished: map[string]int{}}
	w.JobStore = watched{w}
	return w
}

// see runs a write, reads the job, and compares. A write under a claim must succeed only
// for its holder.
func (w *witness) see(op, id string, c *jobstore.Claim, write func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, now := w.last[id], time.Now()
	err := write()
	after, readErr := w.inner.Get(context.Background(), id)
	if readErr != nil {
		w.t.Errorf("%s of %s: the job cannot be read: %v", op, id, readErr)
		return err
	}
	w.last[id] = after
	if before == nil {
		return err
	}
	w.compare(op, before, after, now, err)
	if c != nil && err == nil && (before.Owner != c.Owner || before.Attempt != c.Attempt) {
		w.t.Errorf("%s succeeded for attempt %d of another owner; the job is at attempt %d", op, c.Attempt, before.Attempt)
	}
	return err
}

func (w *witness) compare(op string, before, after *job, now time.Time, err error) {
	if before.Status.Finished() {
		w.same(op+" changed a finished job", before, after)
	}
	if after.Status.Finished() && !before.Status.Finished() {
		w.finished[after.ID]++
	}
	if errors.Is(err, jobstore.ErrLeaseLost) {
		w.same(op+" was refused and has changed the job", before, after)
	}
	if after.Attempt > after.MaxAttempts {
		w.t.Errorf("%s: attempt %d of %d", op, after.Attempt, after.MaxAttempts)
	}
	if step := after.Attempt - before.Attempt; step != 0 && (step != 1 || op != "claim" || !free(before, now)) {
		w.t.Errorf("%s went from attempt %d, %s until %v, to %d", op, before.Attempt, before.Status, before.LeaseUntil, after.Attempt)
	}
}

func (w *witness) same(otherwise string, before, after *job) {
	if changed := diff(before, after); changed != "" {
		w.t.Errorf("%s:\n%s", otherwise, changed)
	}
}

// free is true of a job that may be claimed.
func free(j *job, now time.Time) bool {
	return j.Status == jobstore.Pending || j.Status == jobstore.Processing && !now.Before(j.LeaseUntil)
}

// finish checks how the jobs ended, and logs it.
func (w *witness) finish(jobs int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ends := map[string]int{}
	defer func() { w.t.Logf("%d jobs: %v", jobs, ends) }()
	if len(w.last) != jobs {
		w.t.Errorf("%d of %d jobs were seen", len(w.last), jobs)
	}
	for id, j := range w.last {
		ends[fmt.Sprintf("%s %s", j.Status, j.Error)]++
		if !j.Status.Finished() || w.finished[id] != 1 {
			w.t.Errorf("%s finished %d times and is %s, attempt %d", id, w.finished[id], j.Status, j.Attempt)
		}
	}
}

// watched is a JobStore over a witness.
type watched struct{ w *witness }

func (s watched) Create(ctx context.Context, input string, opts ...func(*jobstore.CreateOptions)) (j *job, err error) {
	var o jobstore.CreateOptions
	for _, opt := range opts {
		opt(&o)
	}
	err = s.w.see("create", o.ID, nil, func() (err error) {
		j, err = s.w.inner.Create(ctx, input, func(p *jobstore.CreateOptions) { *p = o })
		return err
	})
	return j, err
}

func (s watched) Get(ctx context.Context, id string) (*job, error) { return s.w.inner.Get(ctx, id) }

func (s watched) Claim(ctx context.Context, id string, lease jobstore.Lease) (j *job, err error) {
	err = s.w.see("claim", id, nil, func() (err error) {
		j, err = s.w.inner.Claim(ctx, id, lease)
		return err
	})
	return j, err
}

func (s watched) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	return s.w.see("report", c.ID, &c, func() error { return s.w.inner.Report(ctx, c, h) })
}

func (s watched) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	return s.w.see("settle", c.ID, &c, func() error { return s.w.inner.Settle(ctx, c, o) })
}

func (s watched) Cancel(ctx context.Context, id, reason string) (j *job, err error) {
	err = s.w.see("cancel", id, nil, func() (err error) {
		j, err = jobstore.Cancel(ctx, s.w.inner, id, reason)
		return err
	})
	return j, err
}
