package memstore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Options are the optional settings of a [Store].
type Options struct {
	// MaxAttempts is for jobs that do not say. Default 8; a million is the most.
	MaxAttempts int

	// Now is the clock. Default [time.Now].
	Now func() time.Time

	// OnLeaseExpiry is for jobs that do not say. Default RunAgain.
	OnLeaseExpiry jobstore.LeaseExpiry

	// Retention is how long a job is kept whose creator does not say: from its creation, or
	// from its start when that is later. At least a minute; [jobstore.KeepForever] sets no
	// expiry. Default 90 days.
	Retention time.Duration

	// PickUp is how long after it was due a pending job counts as stuck, see
	// [jobstore.Sweep]: longer than its trigger ever takes. Default 15 min.
	PickUp time.Duration

	// History keeps each job's transitions, see [jobstore.Job.History].
	History bool

	// MaxBytes is the longest job: the bytes of its input, output, metadata, caller and ID.
	// Default 400 KB, the size of a DynamoDB item. Without the output,
	// [jobstore.MaxInputBytes] limits them too.
	MaxBytes int

	// Stream keeps every change for [Store.Changes], as long as the store lives.
	Stream bool
}

// Store is a [jobstore.JobStore] in memory. Make one with [New].
type Store[In, Out any] struct {
	opts Options

	mu   sync.Mutex
	jobs map[string]*record
	feed feed

	listeners listeners
}

// New returns an empty store. It panics when an option is out of range, or values of In
// or Out would not come back from every store, see [driver.CheckTypes].
func New[In, Out any](opts ...func(*Options)) *Store[In, Out] {
	if err := driver.CheckTypes[In, Out](); err != nil {
		panic("memstore: New: " + err.Error())
	}
	o := Options{
		MaxAttempts: driver.DefaultMaxAttempts, Now: time.Now,
		OnLeaseExpiry: jobstore.RunAgain, MaxBytes: driver.MaxItemBytes, PickUp: driver.DefaultPickUp, Retention: driver.DefaultRetention,
	}
	option.Apply("memstore: New", &o, opts)
	driver.MustOptions("memstore: New", o.MaxAttempts, o.OnLeaseExpiry, o.PickUp, o.Now)
	if err := driver.CheckRetention("memstore: New", o.Retention); err != nil {
		panic(err.Error())
	}
	if o.MaxBytes < 1 {
		panic(fmt.Sprintf("memstore: New: Options.MaxBytes is %d, want at least 1", o.MaxBytes))
	}
	return &Store[In, Out]{opts: o, jobs: map[string]*record{}, feed: newFeed(o.Stream)}
}

// Create implements [jobstore.JobStore].
func (s *Store[In, Out]) Create(ctx context.Context, input In, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[In, Out], error) {
	o, err := driver.CreateOptions(opts, s.opts.MaxAttempts, s.opts.Retention, s.opts.Now())
	if err != nil {
		return nil, fail("create", o.ID, err)
	}
	r, err := s.newRecord(input, o)
	if err != nil {
		return nil, fail("create", o.ID, err)
	}
	if err := driver.FitsInput(len(r.id), len(r.caller), len(r.input), len(r.metadata), min(jobstore.MaxInputBytes, s.opts.MaxBytes)); err != nil {
		return nil, fail("create", o.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, _ := s.live(o.ID); old != nil {
		return answer[In, Out]("create", old, jobstore.ErrExists)
	}
	s.remove(o.ID)
	s.put(nil, r)
	return answer[In, Out]("create", r, nil)
}

// Get implements [jobstore.JobStore].
func (s *Store[In, Out]) Get(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	r, err := s.find(id)
	if err != nil {
		return nil, fail("get", id, err)
	}
	return answer[In, Out]("get", r, nil)
}

// Claim implements [jobstore.JobStore].
func (s *Store[In, Out]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[In, Out], error) {
	r, err := s.claim(id, lease)
	if r == nil {
		return nil, fail("claim", id, err)
	}
	return answer[In, Out]("claim", r, err)
}

func (s *Store[In, Out]) claim(id string, lease jobstore.Lease) (*record, error) {
	if err := driver.ValidateClaim(id, lease); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, st := s.live(id)
	now := s.opts.Now()
	if err := st.RefuseClaim(lease.Owner, now); err != nil {
		return old, err
	}
	if st.HeldBy(lease.Owner) {
		return old, nil // an earlier try of this call
	}
	if reason := st.Abandoned(); reason != "" {
		return s.put(old, old.ended(jobstore.Failed, driver.Abandoned(st.Token, lease.Owner), reason, now)), jobstore.ErrAbandoned
	}
	return s.put(old, old.claimed(lease, now)), nil
}

// Report implements [jobstore.JobStore].
func (s *Store[In, Out]) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if err := driver.ValidateReport(c, h); err != nil {
		return fail("report", c.ID, err)
	}
	output, err := encodePartial[Out](h)
	if err != nil {
		return fail("report", c.ID, err)
	}
	if err := driver.Fits(c.Size+len(output), s.opts.MaxBytes, "the record with its output so far"); err != nil {
		return fail("report", c.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, st := s.live(c.ID)
	switch {
	case st.Reported(c, h.Seq):
		return nil
	case !st.Holds(c):
		return fail("report", c.ID, st.LeaseLost())
	}
	s.put(old, old.reported(h, output, s.opts.Now()))
	return nil
}

// Settle implements [jobstore.JobStore].
func (s *Store[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	if err := driver.ValidateSettle(c, o); err != nil {
		return fail("settle", c.ID, err)
	}
	output, err := encodeOutput(o)
	if err != nil {
		return fail("settle", c.ID, err)
	}
	if err := driver.Fits(c.Size+len(output), s.opts.MaxBytes, "the record with its output"); err != nil {
		return fail("settle", c.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, st := s.live(c.ID)
	switch {
	case st.SettledBy(c, o.Status):
		return nil
	case !st.Holds(c):
		return fail("settle", c.ID, st.LeaseLost())
	}
	s.put(old, s.settled(*old, c, o, output, s.opts.Now()))
	return nil
}

func (s *Store[In, Out]) find(id string) (*record, error) {
	if err := driver.ValidateID(id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, _ := s.live(id); r != nil {
		return r, nil
	}
	return nil, jobstore.ErrNotFound
}

// live returns the job's record and state: none when it has expired.
func (s *Store[In, Out]) live(id string) (*record, driver.State) {
	r := s.jobs[id]
	if st := s.state(r); st.Live(s.opts.Now()) {
		return r, st
	}
	return nil, driver.State{}
}

// remove deletes a record whose time to live has ended, so that the one that takes its
// place is an insertion in the change feed.
func (s *Store[In, Out]) remove(id string) {
	if old := s.jobs[id]; old != nil {
		delete(s.jobs, id)
		s.feed.append(old, nil)
		s.listeners.tell(id)
	}
}

func (s *Store[In, Out]) put(old, r *record) *record {
	if s.opts.History && (old == nil || old.status != r.status || old.attempt != r.attempt) {
		r.history = driver.BoundHistory(append(slices.Clip(r.history), r.transition()), driver.MaxHistory)
	}
	s.jobs[r.id] = r
	s.feed.append(old, r)
	s.listeners.tell(r.id)
	return r
}

func fail(op, id string, err error) error {
	return &jobstore.Error{Op: op, ID: id, Err: err}
}
