package driver_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

type job = jobstore.Job[string, string]

// mapStore keeps jobs in a map under a lock.
type mapStore struct {
	now  func() time.Time
	mu   sync.Mutex
	jobs map[string]*record
}

// record is what a store keeps of a job. The fields of job that depend on the others,
// such as Owner and LeaseUntil, are set when it is read.
type record struct {
	job      job
	metadata []byte // JSON, so that no caller shares its memory
	token    string
	due      driver.Due
	reports  int
}

func newMapStore(now func() time.Time) *mapStore {
	return &mapStore{now: now, jobs: map[string]*record{}}
}

func (s *mapStore) Create(ctx context.Context, input string, opts ...func(*jobstore.CreateOptions)) (*job, error) {
	o, err := driver.CreateOptions(opts, driver.DefaultMaxAttempts, driver.DefaultRetention, s.now())
	if err != nil {
		return nil, fail("create", o.ID, err)
	}
	r, err := newRecord(input, o, s.now())
	if err != nil {
		return nil, fail("create", o.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, st := s.live(o.ID); st.Exists {
		return old.answer("create", jobstore.ErrExists)
	}
	s.jobs[o.ID] = r
	return r.answer("create", nil)
}

func newRecord(input string, o jobstore.CreateOptions, now time.Time) (*record, error) {
	if err := driver.CheckValue("input", input); err != nil {
		return nil, err
	}
	if err := driver.CheckValue("metadata", o.Metadata); err != nil {
		return nil, err
	}
	var metadata []byte
	if len(o.Metadata) > 0 {
		metadata, _ = json.Marshal(o.Metadata) // what is checked encodes
	}
	if err := driver.FitsInput(len(o.ID), len(o.Caller), len(input), len(metadata), jobstore.MaxInputBytes); err != nil {
		return nil, err
	}
	return &record{metadata: metadata, due: driver.Created(o.StartAt, now, driver.DefaultPickUp), job: job{
		ID: o.ID, Status: jobstore.Pending, Input: input, Caller: o.Caller, MaxAttempts: o.MaxAttempts, OnLeaseExpiry: o.OnLeaseExpiry,
		CreatedAt: stored(now), UpdatedAt: stored(now), ExpiresAt: o.ExpiresAt.UTC().Truncate(time.Second),
	}}, nil
}

func (s *mapStore) Get(ctx context.Context, id string) (*job, error) {
	if err := driver.ValidateID(id); err != nil {
		return nil, fail("get", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, st := s.live(id)
	if !st.Exists {
		return nil, fail("get", id, jobstore.ErrNotFound)
	}
	return r.answer("get", nil)
}

func (s *mapStore) Claim(ctx context.Context, id string, lease jobstore.Lease) (*job, error) {
	if err := driver.ValidateClaim(id, lease); err != nil {
		return nil, fail("claim", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, st := s.live(id)
	now := s.now()
	refused, abandoned := st.RefuseClaim(lease.Owner, now), st.Abandoned()
	switch {
	case refused != nil:
		return r.answer("claim", refused)
	case st.HeldBy(lease.Owner): // an earlier try of this call
		return r.answer("claim", nil)
	case abandoned != "":
		r.end(jobstore.Failed, driver.Abandoned(st.Token, lease.Owner), abandoned, now)
		return r.answer("claim", jobstore.ErrAbandoned)
	}
	r.job.Status, r.job.UpdatedAt = jobstore.Processing, stored(now)
	r.job.Attempt++
	r.token, r.due, r.reports, r.job.HandOvers, r.job.Output = lease.Owner, until(lease.Until), 0, 0, ""
	return r.answer("claim", nil)
}

func (s *mapStore) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	partial, err := partialOf(c, h)
	if err != nil {
		return fail("report", c.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, st := s.live(c.ID)
	switch {
	case st.Reported(c, h.Seq): // an earlier try of this call, or a late copy
		return nil
	case !st.Holds(c):
		return fail("report", c.ID, st.LeaseLost())
	}
	r.advance(h.Progress)
	if partial != nil {
		r.job.Output = *partial
	}
	r.reports, r.job.UpdatedAt = h.Seq, stored(s.now())
	if !h.LeaseUntil.IsZero() {
		r.due = until(h.LeaseUntil)
	}
	return nil
}

// partialOf is the output so far that h brings, nil without one.
func partialOf(c jobstore.Claim, h jobstore.Heartbeat) (*string, error) {
	if err := driver.ValidateReport(c, h); err != nil {
		return nil, err
	}
	out, err := driver.Partial[string](h)
	if out == nil {
		return nil, err
	}
	return out, fitsOutput(c, "partial", *out)
}

func fitsOutput(c jobstore.Claim, field, out string) error {
	if err := driver.CheckValue(field, out); err != nil {
		return err
	}
	return driver.Fits(c.Size+len(out), driver.MaxItemBytes, "the record with its "+field)
}

func (s *mapStore) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	if err := validateSettle(c, o); err != nil {
		return fail("settle", c.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, st := s.live(c.ID)
	switch {
	case st.SettledBy(c, o.Status): // an earlier try of this call
		return nil
	case !st.Holds(c):
		return fail("settle", c.ID, st.LeaseLost())
	}
	r.advance(o.Progress)
	if o.Status == jobstore.Pending && o.Uncounted {
		r.job.MaxAttempts++
		r.job.Uncounted++
	}
	r.end(o.Status, driver.Settled(c.Owner), o.Error, s.now())
	if o.Status == jobstore.Pending {
		r.due = driver.Returned(c, o.ClaimableFrom, s.now(), driver.DefaultPickUp)
	}
	r.job.ErrorDetail = o.Detail
	if o.Status == jobstore.Complete {
		r.job.Output, r.job.Error, r.job.ErrorDetail = o.Output, "", ""
	}
	return nil
}

func validateSettle(c jobstore.Claim, o jobstore.Outcome[string]) error {
	if err := driver.ValidateSettle(c, o); err != nil || o.Status != jobstore.Complete {
		return err
	}
	return fitsOutput(c, "output", o.Output)
}

// Cancel makes the store a jobstore.Canceler.
func (s *mapStore) Cancel(ctx context.Context, id, reason string) (*job, error) {
	if err := driver.ValidateCancel(id, reason); err != nil {
		return nil, fail("cancel", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, st := s.live(id)
	refused := st.RefuseCancel(s.now())
	if refused == nil && !st.Canceled {
		r.end(jobstore.Failed, driver.Canceled(), reason, s.now())
		r.job.Canceled = true
	}
	return r.answer("cancel", refused)
}

// Stuck makes the store a jobstore.Sweeper.
func (s *mapStore) Stuck(ctx context.Context, now time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		for _, found := range s.stuck(now) {
			if !yield(found, nil) {
				return
			}
		}
	}
}

func (s *mapStore) stuck(now time.Time) (found []jobstore.Stuck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.jobs {
		if st := r.state(); st.Stuck(driver.DefaultPickUp, now) {
			found = append(found, st.Found(id, driver.DefaultPickUp))
		}
	}
	return found
}

// Rearm makes the store a jobstore.Rearmer.
func (s *mapStore) Rearm(ctx context.Context, found jobstore.Stuck, at time.Time) (bool, error) {
	if err := driver.ValidateRearm(found, at); err != nil {
		return false, fail("sweep", found.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, st := s.live(found.ID)
	if !st.Rearms(found, driver.DefaultPickUp, s.now()) {
		return st.Rearmed(found, at), nil
	}
	r.due.SweepAt, r.job.HandOvers, r.job.HandedOverAt = at, found.HandOvers+1, stored(s.now())
	return true, nil
}

// live returns a record and its state. Both are of no job when it has expired.
func (s *mapStore) live(id string) (*record, driver.State) {
	if r := s.jobs[id]; r != nil && r.state().Live(s.now()) {
		return r, r.state()
	}
	return &record{job: job{ID: id}}, driver.State{}
}

func (r *record) state() driver.State {
	return driver.State{
		Exists: true, Status: r.job.Status, Attempt: r.job.Attempt, MaxAttempts: r.job.MaxAttempts,
		OnLeaseExpiry: cmp.Or(r.job.OnLeaseExpiry, jobstore.RunAgain), Token: r.token, Canceled: r.job.Canceled,
		Reports: r.reports, ClaimableFrom: stored(r.due.ClaimableFrom), SweepAt: stored(r.due.SweepAt),
		HandOvers: r.job.HandOvers, UpdatedAt: r.job.UpdatedAt, ExpiresAt: r.job.ExpiresAt,
	}
}

func (r *record) advance(p *jobstore.Progress) {
	if p != nil {
		r.job.Progress, r.job.ProgressMessage = p.Percent, p.Message
	}
}

// end brings the job to a state that no worker holds.
func (r *record) end(status jobstore.Status, token, reason string, now time.Time) {
	r.job.Status, r.job.Error, r.job.ErrorDetail, r.job.UpdatedAt = status, reason, "", stored(now)
	r.token, r.due, r.reports, r.job.Output = token, driver.Due{}, 0, ""
}

// until is of a job that a claim holds until then.
func until(lease time.Time) driver.Due { return driver.Due{ClaimableFrom: lease, SweepAt: lease} }

// answer is the result of a call that found the job, and refused it for cause.
func (r *record) answer(op string, cause error) (*job, error) {
	if r.job.Status == "" { // not found
		return nil, fail(op, r.job.ID, cause)
	}
	j := r.job
	j.Owner, j.Size = driver.Holder(r.token), len(j.ID)+len(j.Caller)+len(j.Input)+len(j.Output)+len(r.metadata)
	j.SweepAt = stored(r.due.SweepAt)
	switch j.Status {
	case jobstore.Processing:
		j.LeaseUntil = stored(r.due.ClaimableFrom)
	case jobstore.Pending:
		j.ClaimableFrom = stored(r.due.ClaimableFrom)
	}
	var undecodable error
	if r.metadata != nil {
		undecodable = json.Unmarshal(r.metadata, &j.Metadata)
	}
	if err := driver.Refusal(cause, undecodable); err != nil {
		return &j, fail(op, j.ID, err)
	}
	return &j, nil
}

// stored is a time as a store keeps it.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func fail(op, id string, err error) error { return &jobstore.Error{Op: op, ID: id, Err: err} }

// A complete store for jobs with text. It passes the suite of package jobstoretest.
func Example() {
	ctx, jobs := context.Background(), newMapStore(time.Now)
	created, err := jobs.Create(ctx, "question")
	if err != nil {
		panic(err)
	}
	err = jobstore.Run(ctx, jobs, created.ID, func(context.Context, *job) (string, error) { return "answer", nil })
	if err != nil {
		panic(err)
	}
	finished, err := jobs.Get(ctx, created.ID)
	fmt.Println(finished.Status, finished.Output, err)
	// Output: complete answer <nil>
}
