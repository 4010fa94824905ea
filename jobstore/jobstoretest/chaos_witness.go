package jobstoretest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// request is one write, as the witness sees it.
type request struct {
	op, id  string
	at      time.Time                 // the clock of the process that made it
	owner   string                    // of a claim
	start   time.Time                 // of a create; zero is at once
	claim   *jobstore.Claim           // of a report or settle
	beat    *jobstore.Heartbeat       // of a report
	outcome *jobstore.Outcome[string] // of a settle
	astray  bool                      // the clock of its lease was stepped
	late    bool                      // the network held it back
	copied  bool                      // it was delivered before
	first   error                     // and answered so
}

// witness sees every write, one at a time, and reads the job after each to check what
// must never happen. It is next to the store, below the faults.
type witness struct {
	t       *testing.T
	inner   jobstore.JobStore[string, string]
	sweeper jobstore.Sweeper // of inner
	clock   atomic.Int64     // of the process whose write is under way, in nanoseconds

	mu       sync.Mutex
	last     map[string]*job // as the latest write left it
	finished map[string]int  // how often a job finished, less how often it was reopened
	astray   map[string]bool // jobs whose lease was given by a clock that was stepped
	copies   int
	retried  int
	ledger
}

func newWitness(t *testing.T, newStore NewStore) *witness {
	w := &witness{t: t, last: map[string]*job{}, finished: map[string]int{}, astray: map[string]bool{}, ledger: newLedger()}
	w.inner = newStore(t, Config{Now: w.now, OnLeaseExpiry: jobstore.RunAgain})
	if w.inner == nil {
		t.Fatal("newStore returned nil for a Config that every store has")
	}
	sweeper, ok := jobstore.As[jobstore.Sweeper](w.inner)
	if !ok {
		t.Fatalf("%T is not a jobstore.Sweeper", w.inner)
	}
	w.sweeper = sweeper
	return w
}

// now is the store's clock: the one of the process that writes.
func (w *witness) now() time.Time {
	if at := w.clock.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Now()
}

// see runs a write, reads the job, and compares.
func (w *witness) see(r request, write func() error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock.Store(r.at.UnixNano())
	defer w.clock.Store(0)
	before := w.last[r.id]
	err := write()
	after, readErr := w.inner.Get(context.Background(), r.id)
	if readErr != nil {
		w.t.Errorf("%s of %s: the job cannot be read: %v", r.op, r.id, readErr)
		return
	}
	w.last[r.id] = after
	w.astray[r.id] = w.astray[r.id] || r.astray
	w.answered(r, after, err)
	w.reported(r, after, err)
	w.shown(r, after)
	if before != nil {
		w.changed(r, before, after, err)
	}
}

// answered checks that a success says what is stored.
func (w *witness) answered(r request, after *job, err error) {
	if err != nil {
		return
	}
	if r.op == "claim" && (after.Status != jobstore.Processing || after.Owner != r.owner) {
		w.t.Errorf("claim of %s succeeded, and the job is %s for another owner", r.id, after.Status)
	}
	if r.start.After(r.at) && after.Attempt == 0 && after.ClaimableFrom.UnixMilli() != r.start.UnixMilli() {
		w.t.Errorf("create of %s to start at %v succeeded, and the job is claimable from %v", r.id, r.start, after.ClaimableFrom)
	}
	if o := r.outcome; o != nil && o.Status == jobstore.Pending && after.ClaimableFrom.UnixMilli() < o.ClaimableFrom.UnixMilli() {
		w.t.Errorf("settle of %s to wait until %v succeeded, and the job is claimable from %v", r.id, o.ClaimableFrom, after.ClaimableFrom)
	}
	if o := r.outcome; o != nil && (after.Status != o.Status || after.Output != o.Output || after.Error != o.Error) {
		w.t.Errorf("settle of %s as %s %q succeeded, and the job is %s %q", r.id, o.Status, o.Output, after.Status, after.Output)
	}
}

// shown checks that no output is shown but the result, and what this attempt has so far.
func (w *witness) shown(r request, after *job) {
	switch {
	case after.Status == jobstore.Complete || after.Output == "":
	case after.Status != jobstore.Processing || after.Output != soFar(after.Attempt):
		w.t.Errorf("%s of %s: the job is %s in attempt %d, and shows the output %q", r.op, r.id, after.Status, after.Attempt, after.Output)
	}
}

// reported checks that a heartbeat is stored that was delivered in time.
func (w *witness) reported(r request, after *job, err error) {
	h := r.beat
	if h == nil || err != nil || r.late || r.copied {
		return
	}
	if !h.LeaseUntil.IsZero() && h.LeaseUntil.UnixMilli() != after.LeaseUntil.UnixMilli() {
		w.t.Errorf("report %d of %s succeeded, and the lease ends at %v, want %v", h.Seq, r.id, after.LeaseUntil, h.LeaseUntil)
	}
	if h.Progress != nil && h.Progress.Percent != after.Progress {
		w.t.Errorf("report %d of %s succeeded, and the progress is %d, want %d", h.Seq, r.id, after.Progress, h.Progress.Percent)
	}
	if h.Partial != nil && h.Partial != after.Output {
		w.t.Errorf("report %d of %s succeeded, and the output is %q, want %q", h.Seq, r.id, after.Output, h.Partial)
	}
}

// changed checks what a write has changed.
func (w *witness) changed(r request, before, after *job, err error) {
	switch {
	case r.op == "retry" && err == nil:
		w.reopened(r, before, after)
	case before.Status.Finished():
		w.same(r, "changed a finished job", before, after)
	}
	if errors.Is(err, jobstore.ErrLeaseLost) {
		w.same(r, "was refused and has changed the job", before, after)
	}
	if c := r.claim; c != nil && !keeps(c, before) {
		w.same(r, "of a worker without the job has changed it", before, after)
	}
	if r.copied && r.op != "retry" { // a second retry is a call of its own
		w.copy(r, before, after)
	}
	if after.Status.Finished() && !before.Status.Finished() {
		w.finished[r.id]++
	}
	if r.op == "rearm" {
		w.rearmed(r, before, after)
	}
	w.bound(r, before, after)
	w.attempts(r, before, after)
}

// reopened checks that a job that has failed is pending, with attempts to go.
func (w *witness) reopened(r request, before, after *job) {
	w.finished[r.id]--
	w.retried++
	if before.Status != jobstore.Failed || before.Canceled || after.Status != jobstore.Pending {
		w.t.Errorf("retry of %s, %s, canceled: %t, left it %s", r.id, before.Status, before.Canceled, after.Status)
	}
	if after.Attempt != before.Attempt || after.Owner != "" {
		w.t.Errorf("retry of %s at attempt %d left attempt %d, owned by %q", r.id, before.Attempt, after.Attempt, after.Owner)
	}
	if want := before.Attempt + before.MaxAttempts - before.Uncounted; after.MaxAttempts != want || after.Uncounted != before.Attempt {
		w.t.Errorf("retry of %s left %d attempts, %d of them uncounted, want %d and %d", r.id, after.MaxAttempts, after.Uncounted, want, before.Attempt)
	}
	if !after.ClaimableFrom.After(before.UpdatedAt) {
		w.t.Errorf("retry of %s, which failed at %v, is due at %v: a copy of an older claim may come", r.id, before.UpdatedAt, after.ClaimableFrom)
	}
}

// rearmed checks that a sweep has changed nothing but what it says of its hand-overs.
func (w *witness) rearmed(r request, before, after *job) {
	now := *after
	now.SweepAt, now.HandOvers, now.HandedOverAt = before.SweepAt, before.HandOvers, before.HandedOverAt
	w.same(r, "has changed more than the hand-overs", before, &now)
}

// bound checks that an attempt that did not count, and no other write, has raised the
// number of attempts.
func (w *witness) bound(r request, before, after *job) {
	want := before.MaxAttempts
	if r.op == "retry" {
		return // which reopened checks
	}
	if o := r.outcome; o != nil && o.Uncounted && before.Status == jobstore.Processing && after.Status == jobstore.Pending {
		want++
	}
	if after.MaxAttempts != want {
		w.t.Errorf("%s of %s: %d attempts are allowed, want %d", r.op, r.id, after.MaxAttempts, want)
	}
}

func (w *witness) attempts(r request, before, after *job) {
	if after.Attempt > after.MaxAttempts {
		w.t.Errorf("%s: attempt %d of %d", r.op, after.Attempt, after.MaxAttempts)
	}
	step := after.Attempt - before.Attempt
	if step == 0 {
		return
	}
	if step != 1 || r.op != "claim" || !free(before, r.at) {
		w.t.Errorf("%s at %v went from attempt %d, %s until %v, to %d", r.op, r.at, before.Attempt, before.Status, before.LeaseUntil, after.Attempt)
	}
	w.claimed(after)
}

// copy checks a request that was delivered before. A claim that was refused may
// succeed when it is repeated. So may one whose job had a lease that was in the past
// when it was made, and a cancel that was refused by a job which was reopened since.
func (w *witness) copy(r request, before, after *job) {
	w.copies++
	if r.op == "claim" && (r.first != nil || w.astray[r.id]) || r.op == "cancel" && r.first != nil {
		if after.Attempt != before.Attempt {
			w.excused[after.Owner] = true // no worker waits for the answer
		}
		return
	}
	w.same(r, "was a copy and has changed the job", before, after)
}

func (w *witness) same(r request, otherwise string, before, after *job) {
	if changed := diff(before, after); changed != "" {
		w.t.Errorf("%s of %s %s:\n%s", r.op, r.id, otherwise, changed)
	}
}

// keeps is true of the claim that holds the job.
func keeps(c *jobstore.Claim, j *job) bool {
	return j.Status == jobstore.Processing && j.Owner == c.Owner && j.Attempt == c.Attempt
}

// free is true of a job that may be claimed.
func free(j *job, now time.Time) bool {
	switch j.Status {
	case jobstore.Pending:
		return !now.Before(j.ClaimableFrom)
	case jobstore.Processing:
		return !now.Before(j.LeaseUntil)
	}
	return false
}

// finish checks how the jobs ended, and logs it.
func (w *witness) finish(jobs int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ends := map[string]int{}
	defer func() {
		w.t.Logf("%d jobs, %d reopened, %d handlers, %d copies: %v", jobs, w.retried, len(w.started), w.copies, ends)
	}()
	if len(w.last) != jobs {
		w.t.Errorf("%d of %d jobs were seen", len(w.last), jobs)
	}
	for id, j := range w.last {
		ends[fmt.Sprintf("%s %s", j.Status, j.Error)]++
		if !j.Status.Finished() || w.finished[id] != 1 {
			w.t.Errorf("%s finished %d times and is %s, attempt %d", id, w.finished[id], j.Status, j.Attempt)
		}
		w.audit(j)
	}
	w.lists()
}
