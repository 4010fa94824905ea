package dynamostore

import (
	"context"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// unleased is how long a processing record without a lease, as a handler that
// knows none writes it, counts as somebody's: the longest Lambda invocation.
const unleased = 15 * time.Minute

// claimable is true of a job that may be claimed and has an attempt left.
const claimable = "attribute_exists(#id)" +
	" AND (attribute_not_exists(#expiresAt) OR #expiresAt > :nowSeconds)" +
	" AND (#status = :pending OR (#status = :processing AND (#leaseUntil <= :now" +
	" OR (attribute_not_exists(#leaseUntil) AND #updatedAt <= :stale))))" +
	" AND (attribute_not_exists(#attempt) OR #attempt < #maxAttempts" +
	" OR (attribute_not_exists(#maxAttempts) AND #attempt < :maxAttempts))"

// Claim implements [jobstore.JobStore].
func (s *Store[In, Out]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[In, Out], error) {
	if err := jobstore.ValidateID(id); err != nil {
		return nil, s.fail("claim", id, err)
	}
	if err := lease.Validate(); err != nil {
		return nil, s.fail("claim", id, err)
	}
	now := s.opts.Now()
	it, err := s.apply(ctx, id, s.claimUpdate(lease, now))
	if old, refused := met(err); refused {
		return s.refusedClaim(ctx, id, old, lease, now)
	}
	if err != nil {
		return nil, s.fail("claim", id, err)
	}
	return s.answer("claim", id, it, nil)
}

func (s *Store[In, Out]) claimUpdate(lease jobstore.Lease, now time.Time) *update {
	a := s.opts.Attributes
	u := newUpdate(claimable).
		name("#id", a.ID).name("#expiresAt", a.ExpiresAt).name("#maxAttempts", a.MaxAttempts).
		value(":nowSeconds", num(now.Unix())).value(":now", num(now.UnixMilli())).
		value(":stale", date(now.Add(-unleased))).
		value(":pending", str(string(jobstore.Pending))).value(":processing", str(string(jobstore.Processing))).
		value(":maxAttempts", num(int64(s.opts.MaxAttempts))).
		value(":zero", num(0)).value(":one", num(1)).
		assign("status", a.Status, str(string(jobstore.Processing))).
		assign("owner", a.Owner, str(lease.Owner)).
		assign("leaseUntil", a.LeaseUntil, num(lease.Until.UnixMilli())).
		assign("updatedAt", a.UpdatedAt, date(now)).
		name("#attempt", a.Attempt)
	u.set = append(u.set, "#attempt = if_not_exists(#attempt, :zero) + :one")
	return u
}

// refusedClaim says why the claim found no claimable job in old.
func (s *Store[In, Out]) refusedClaim(ctx context.Context, id string, old item, lease jobstore.Lease, now time.Time) (*jobstore.Job[In, Out], error) {
	a := s.opts.Attributes
	if !s.live(old) {
		return nil, s.fail("claim", id, jobstore.ErrNotFound)
	}
	switch status := jobstore.Status(old.str(a.Status)); {
	case status.Finished():
		return s.answer("claim", id, old, jobstore.ErrFinished)
	case status == jobstore.Processing && old.str(a.Owner) == lease.Owner:
		return s.answer("claim", id, old, nil) // our own earlier, unanswered try
	case !status.Valid():
		return nil, s.fail("claim", id, fmt.Errorf("%w: %s is %q", jobstore.ErrInvalid, a.Status, status))
	case status == jobstore.Processing && s.leaseEnd(old).After(now):
		return s.answer("claim", id, old, jobstore.ErrLeased)
	}
	return s.exhaust(ctx, id, old, now)
}

// exhaust settles a job whose last attempt was abandoned, unless it has changed since.
func (s *Store[In, Out]) exhaust(ctx context.Context, id string, old item, now time.Time) (*jobstore.Job[In, Out], error) {
	a := s.opts.Attributes
	reason := fmt.Sprintf("the last of %d attempts did not finish", s.maxAttempts(old))
	u := newUpdate("#status = :status AND #attempt = :attempt AND #updatedAt = :updatedAt").
		value(":status", old[a.Status]).value(":attempt", old[a.Attempt]).value(":updatedAt", old[a.UpdatedAt]).
		name("#attempt", a.Attempt).
		assign("status", a.Status, str(string(jobstore.Failed))).
		assign("error", a.Error, str(reason)).
		assign("updatedAt", a.UpdatedAt, date(now)).
		delete("leaseUntil", a.LeaseUntil)
	it, err := s.apply(ctx, id, u)
	if changed, refused := met(err); refused {
		it, err = changed, nil
	}
	if err != nil {
		return nil, s.fail("claim", id, err)
	}
	if jobstore.Status(it.str(a.Status)).Finished() {
		return s.answer("claim", id, it, jobstore.ErrFinished)
	}
	return s.answer("claim", id, it, jobstore.ErrLeased)
}
