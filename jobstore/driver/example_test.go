package driver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Store is a whole JobStore: a map under a mutex.
type Store[In, Out any] struct {
	Now           func() time.Time
	OnLeaseExpiry jobstore.LeaseExpiry

	mu   sync.Mutex
	jobs map[string]jobstore.Job[In, Out]
}

// NewStore returns an empty store.
func NewStore[In, Out any]() *Store[In, Out] {
	return &Store[In, Out]{Now: time.Now, OnLeaseExpiry: jobstore.RunAgain, jobs: map[string]jobstore.Job[In, Out]{}}
}

// Create implements [jobstore.JobStore].
func (s *Store[In, Out]) Create(ctx context.Context, input In, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[In, Out], error) {
	o, err := driver.CreateOptions(opts, driver.DefaultMaxAttempts)
	if err != nil {
		return nil, &jobstore.Error{Op: "create", ID: o.ID, Err: err}
	}
	now := s.Now().UTC()
	job := jobstore.Job[In, Out]{
		ID: o.ID, Status: jobstore.Pending, Input: input, Metadata: maps.Clone(o.Metadata),
		MaxAttempts: o.MaxAttempts, OnLeaseExpiry: o.OnLeaseExpiry, CreatedAt: now, UpdatedAt: now, ExpiresAt: o.ExpiresAt,
	}
	if job.Size, err = size(input); err == nil {
		err = driver.Fits(job.Size, driver.MaxItemBytes, "the record")
	}
	if err != nil {
		return nil, &jobstore.Error{Op: "create", ID: o.ID, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, st := s.find(o.ID); st.Live(now) {
		return answer(old, "create", jobstore.ErrExists)
	}
	s.jobs[o.ID] = job
	return answer(job, "create", nil)
}

// Get implements [jobstore.JobStore].
func (s *Store[In, Out]) Get(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	if err := driver.ValidateID(id); err != nil {
		return nil, &jobstore.Error{Op: "get", ID: id, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	job, st := s.find(id)
	if !st.Live(s.Now()) {
		return nil, &jobstore.Error{Op: "get", ID: id, Err: jobstore.ErrNotFound}
	}
	return answer(job, "get", nil)
}

// Claim implements [jobstore.JobStore].
func (s *Store[In, Out]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[In, Out], error) {
	if err := driver.ValidateClaim(id, lease); err != nil {
		return nil, &jobstore.Error{Op: "claim", ID: id, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	job, st := s.find(id)
	now := s.Now().UTC()
	if !st.Live(now) {
		return nil, &jobstore.Error{Op: "claim", ID: id, Err: jobstore.ErrNotFound}
	}
	if err := st.RefuseClaim(lease.Owner, now); err != nil || st.HeldBy(lease.Owner) {
		return answer(job, "claim", err)
	}
	job.UpdatedAt = now
	if reason := st.Abandoned(); reason != "" {
		job.Status, job.Error, job.LeaseUntil = jobstore.Failed, reason, time.Time{}
		s.jobs[id] = job
		return answer(job, "claim", jobstore.ErrFinished)
	}
	job.Status, job.Owner, job.LeaseUntil = jobstore.Processing, lease.Owner, lease.Until
	job.Attempt++
	s.jobs[id] = job
	return answer(job, "claim", nil)
}

// Report implements [jobstore.JobStore].
func (s *Store[In, Out]) Report(ctx context.Context, c jobstore.Claim, p *jobstore.Progress, leaseUntil time.Time) error {
	if err := driver.ValidateReport(c, p); err != nil {
		return &jobstore.Error{Op: "report", ID: c.ID, Err: err}
	}
	return s.update("report", c, "", func(job *jobstore.Job[In, Out]) {
		advance(job, p)
		if !leaseUntil.IsZero() {
			job.LeaseUntil = leaseUntil
		}
	})
}

// Settle implements [jobstore.JobStore].
func (s *Store[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	err := driver.ValidateSettle(c, o)
	if err == nil && o.Status == jobstore.Complete {
		var n int
		if n, err = size(o.Output); err == nil {
			err = driver.Fits(c.Size+n, driver.MaxItemBytes, "the record with its output")
		}
	}
	if err != nil {
		return &jobstore.Error{Op: "settle", ID: c.ID, Err: err}
	}
	return s.update("settle", c, o.Status, func(job *jobstore.Job[In, Out]) {
		advance(job, o.Progress)
		job.Status, job.Error, job.LeaseUntil = o.Status, o.Error, time.Time{}
		if o.Status == jobstore.Complete {
			job.Output, job.Error = o.Output, ""
		}
	})
}

// update changes the job that c holds. done is the status of a settle.
func (s *Store[In, Out]) update(op string, c jobstore.Claim, done jobstore.Status, change func(*jobstore.Job[In, Out])) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	job, st := s.find(c.ID)
	switch {
	case st.Holds(c):
		change(&job)
		job.UpdatedAt = s.Now().UTC()
		s.jobs[c.ID] = job
	case !st.SettledBy(c, done):
		return &jobstore.Error{Op: op, ID: c.ID, Err: st.LeaseLost()}
	}
	return nil
}

// find returns a job and its state. A store of encoded records would read the state
// without decoding the job.
func (s *Store[In, Out]) find(id string) (jobstore.Job[In, Out], driver.State) {
	job, ok := s.jobs[id]
	st := driver.State{
		Exists: ok, Status: job.Status, Attempt: job.Attempt, MaxAttempts: job.MaxAttempts, OnLeaseExpiry: job.OnLeaseExpiry,
		Owner: job.Owner, LeaseUntil: job.LeaseUntil, UpdatedAt: job.UpdatedAt, ExpiresAt: job.ExpiresAt,
	}
	if st.OnLeaseExpiry == "" {
		st.OnLeaseExpiry = s.OnLeaseExpiry
	}
	return job, st
}

func answer[In, Out any](job jobstore.Job[In, Out], op string, cause error) (*jobstore.Job[In, Out], error) {
	job.Metadata = maps.Clone(job.Metadata)
	if cause != nil {
		return &job, &jobstore.Error{Op: op, ID: job.ID, Err: cause}
	}
	return &job, nil
}

func advance[In, Out any](job *jobstore.Job[In, Out], p *jobstore.Progress) {
	if p != nil {
		job.Progress, job.ProgressMessage = p.Percent, p.Message
	}
}

func size(v any) (int, error) {
	data, err := json.Marshal(v)
	return len(data), err
}

// A whole store, without the optional interfaces. It passes the suite of package
// jobstoretest.
func Example() {
	ctx, jobs := context.Background(), NewStore[string, int]()
	job, err := jobs.Create(ctx, "What were sales last month?")
	if err != nil {
		panic(err)
	}
	err = jobstore.Run(ctx, jobs, job.ID, func(_ context.Context, job *jobstore.Job[string, int]) (int, error) {
		return len(job.Input), nil
	})
	job, _ = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, job.Output, err)
	// Output: complete 27 <nil>
}
