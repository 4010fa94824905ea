package appsyncstore

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Claim implements [jobstore.JobStore]. GraphQL cannot increment. So it first takes
// the job for one that nobody has claimed before, which costs no read; if it is
// not, Claim reads the job and writes on the condition that it has not changed.
func (s *Store[In, Out]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[In, Out], error) {
	if err := jobstore.ValidateID(id); err != nil {
		return nil, s.fail("claim", id, err)
	}
	if err := lease.Validate(); err != nil {
		return nil, s.fail("claim", id, err)
	}
	now := s.opts.Now()
	var r record
	written, err := s.mutate(ctx, s.do.update, s.claimInput(id, lease, 1, now), s.fresh())
	for range tries {
		if err == nil || partial(err) {
			return s.claimed(id, written, lease, err)
		}
		if !refused(err) {
			return nil, s.fail("claim", id, err)
		}
		if r, err = s.read(ctx, id); err != nil {
			return nil, s.fail("claim", id, err)
		}
		if job, done, err := s.unclaimable(ctx, id, r, lease, now); done {
			return job, err
		}
		written, err = s.mutate(ctx, s.do.update, s.claimInput(id, lease, s.attempt(r)+1, now), s.unchanged(r))
	}
	if err == nil || partial(err) {
		return s.claimed(id, written, lease, err)
	}
	if !refused(err) {
		return nil, s.fail("claim", id, err)
	}
	return s.answer("claim", id, r, jobstore.ErrLeased) // others are quicker
}

// fresh is true of a pending job that was never claimed.
func (s *Store[In, Out]) fresh() condition {
	f := s.opts.Fields
	return and(eq(f.Status, jobstore.Pending), or(absent(f.Attempt), eq(f.Attempt, 0)), s.unexpired())
}

// unchanged is true of the record in which r was read, as to its claim.
func (s *Store[In, Out]) unchanged(r record) condition {
	f := s.opts.Fields
	return same(r, f.Status, f.Attempt, f.Owner, f.LeaseUntil)
}

func (s *Store[In, Out]) claimInput(id string, lease jobstore.Lease, attempt int, now time.Time) input {
	f := s.opts.Fields
	return input{
		f.ID: id, f.Status: jobstore.Processing, f.Attempt: attempt, f.Owner: lease.Owner,
		f.LeaseUntil: lease.Until.UnixMilli(), f.UpdatedAt: date(now),
	}
}

func (s *Store[In, Out]) claimed(id string, r record, lease jobstore.Lease, err error) (*jobstore.Job[In, Out], error) {
	return s.answered("claim", id, r.with(s.opts.Fields.Owner, lease.Owner), err)
}

// unclaimable says why r cannot be claimed; done is false when it can.
func (s *Store[In, Out]) unclaimable(ctx context.Context, id string, r record, lease jobstore.Lease, now time.Time) (_ *jobstore.Job[In, Out], done bool, _ error) {
	f := s.opts.Fields
	var cause error
	switch status := s.status(r); {
	case !s.live(r):
		return nil, true, s.fail("claim", id, jobstore.ErrNotFound)
	case status.Finished():
		cause = jobstore.ErrFinished
	case status == jobstore.Processing && r.str(f.Owner) == lease.Owner: // our own earlier, unanswered try
	case !status.Valid():
		return nil, true, s.fail("claim", id, fmt.Errorf("%w: %s is %q", jobstore.ErrInvalid, f.Status, status))
	case status == jobstore.Processing && s.leaseEnd(r).After(now):
		cause = jobstore.ErrLeased
	case s.abandoned(r) == "":
		return nil, false, nil
	default:
		job, err := s.abandon(ctx, id, r, now)
		return job, true, err
	}
	job, err := s.answer("claim", id, r, cause)
	return job, true, err
}

// abandoned is why a job that nobody holds may not be claimed again, or empty.
func (s *Store[In, Out]) abandoned(r record) string {
	policy := cmp.Or(r.str(s.opts.Fields.OnLeaseExpiry), string(s.opts.OnLeaseExpiry))
	held := s.status(r) == jobstore.Processing && policy != string(jobstore.RunAgain)
	if held || s.attempt(r) >= s.maxAttempts(r) {
		return jobstore.Abandoned(held, s.maxAttempts(r))
	}
	return ""
}

// abandon settles a job that may not be claimed again, unless it has changed since.
func (s *Store[In, Out]) abandon(ctx context.Context, id string, r record, now time.Time) (*jobstore.Job[In, Out], error) {
	f := s.opts.Fields
	ending := s.ending(id, jobstore.Failed, now)
	ending[f.Error] = s.abandoned(r)
	written, err := s.mutate(ctx, s.do.update, ending, s.unchanged(r))
	if refused(err) {
		written, err = s.read(ctx, id)
	} else if err == nil {
		written = written.with(f.Owner, r.str(f.Owner))
	}
	switch {
	case err != nil:
		return nil, s.fail("claim", id, err)
	case !s.live(written):
		return nil, s.fail("claim", id, jobstore.ErrNotFound)
	case s.status(written).Finished():
		return s.answer("claim", id, written, jobstore.ErrFinished)
	}
	return s.answer("claim", id, written, jobstore.ErrLeased)
}
