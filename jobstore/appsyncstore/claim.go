package appsyncstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Claim implements [jobstore.JobStore]. GraphQL cannot increment. So Claim first assumes
// a job that was never claimed, which costs no read. If that is refused, Claim reads the
// job and writes on the condition that it has not changed.
func (s *Store[In, Out]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[In, Out], error) {
	if err := cmp.Or(driver.ValidateClaim(id, lease), s.validID(id)); err != nil {
		return nil, s.fail("claim", id, err)
	}
	now := s.opts.Now()
	var r record // not read yet
	for range tries {
		if r == nil || s.state(r).Abandoned() == "" {
			written, err := s.take(ctx, id, lease, r, now)
			if !refused(err) {
				return s.answered("claim", id, written, err)
			}
		}
		var unread, err error
		if r, unread, err = s.explain(ctx, id, missing); err != nil {
			return nil, s.fail("claim", id, err)
		}
		if job, done, err := s.unclaimable(ctx, id, r, unread, lease, now); done {
			return job, err
		}
	}
	return nil, s.fail("claim", id, fmt.Errorf("other writers were faster %d times", tries))
}

// take writes a claim on the condition that the job is still as in r. Without r, the
// condition is that the job was never claimed. The same claim may be written twice, when
// the answer to the first write was lost.
func (s *Store[In, Out]) take(ctx context.Context, id string, lease jobstore.Lease, r record, now time.Time) (record, error) {
	f, attempt := s.opts.Fields, s.state(r).Attempt+1
	claim := input{
		f.ID: id, f.Status: jobstore.Processing, f.Attempt: attempt, f.ClaimToken: lease.Owner,
		f.ClaimableFrom: lease.Until.UnixMilli(), f.Reports: nil, f.Output: nil, f.UpdatedAt: date(now),
	}
	free := s.fresh(now)
	if r != nil {
		free = s.unchanged(r)
	}
	// A copy of the claim may arrive after a heartbeat, and must not take the lease back.
	ours := and(s.held(jobstore.Claim{Owner: lease.Owner, Attempt: attempt}), absent(f.Reports), eq(f.UpdatedAt, date(now)))
	if s.opts.Fields.fenced() { // else the condition would be true of every claim
		free = or(free, ours)
	}
	written, err := s.mutate(ctx, s.do.take, claim, free)
	return written.over(s.own(claim)), err
}

// fresh is true of a pending job that is due and was never claimed.
func (s *Store[In, Out]) fresh(now time.Time) condition {
	f := s.opts.Fields
	due := or(absent(f.ClaimableFrom), is("le", f.ClaimableFrom, now.UnixMilli()))
	return and(eq(f.Status, jobstore.Pending), or(absent(f.Attempt), eq(f.Attempt, 0)), due, s.unexpired())
}

// unchanged is true of a record whose claim is as in r.
func (s *Store[In, Out]) unchanged(r record) condition {
	f := s.opts.Fields
	if !r.has(f.ClaimableFrom) && !r.has("#"+f.UpdatedAt) { // the claim may end by the date, see leaseEnd
		return same(r, f.Status, f.Attempt, f.ClaimToken, f.ClaimableFrom, f.UpdatedAt)
	}
	return same(r, f.Status, f.Attempt, f.ClaimToken, f.ClaimableFrom)
}

// unclaimable says why r cannot be claimed; done is false when it can.
func (s *Store[In, Out]) unclaimable(ctx context.Context, id string, r record, unread error, lease jobstore.Lease, now time.Time) (_ *jobstore.Job[In, Out], done bool, _ error) {
	var job *jobstore.Job[In, Out]
	st := s.state(r)
	err := st.RefuseClaim(lease.Owner, now)
	if unproven := s.proof(ctx, id, st, err); unproven != nil {
		return nil, true, s.fail("claim", id, unproven)
	}
	switch {
	case errors.Is(err, jobstore.ErrNotFound):
		err = s.fail("claim", id, err)
	case err != nil:
		job, err = s.answer("claim", id, r, err)
	case st.HeldBy(lease.Owner): // by the same call, made again
		job, err = s.answered("claim", id, r, unread)
	case !st.Status.Valid():
		err = s.fail("claim", id, fmt.Errorf("%w: %w", jobstore.ErrInvalid, s.noStatus()))
	case st.Abandoned() != "":
		return s.abandon(ctx, id, r, lease, now)
	default:
		return nil, false, nil
	}
	return job, true, err
}

// abandon settles a job that may not be claimed again; done is false when it has changed
// since.
func (s *Store[In, Out]) abandon(ctx context.Context, id string, r record, lease jobstore.Lease, now time.Time) (_ *jobstore.Job[In, Out], done bool, _ error) {
	f, st := s.opts.Fields, s.state(r)
	ending := s.ending(id, jobstore.Failed, driver.Abandoned(st.Token, lease.Owner), now)
	ending[f.Error] = st.Abandoned()
	written, err := s.mutate(ctx, s.do.take, ending, s.unchanged(r))
	switch {
	case refused(err):
		return nil, false, nil
	case err == nil || partial(err):
		job, err := s.answer("claim", id, s.after(r, written, ending), jobstore.ErrAbandoned)
		return job, true, err
	}
	return nil, true, s.fail("claim", id, err)
}
