package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// claimable is the condition of a claim: the job may be claimed, has an attempt left,
// and is not to be held.
const claimable = "attribute_exists(#id)" +
	" AND (attribute_not_exists(#expiresAt) OR #expiresAt > :nowSeconds)" +
	" AND NOT (#claimToken IN (:claimToken, :settled))" +
	" AND ((#status = :pending AND (attribute_not_exists(#claimableFrom) OR #claimableFrom <= :now))" +
	" OR (#status = :processing AND (#claimableFrom <= :now" +
	" OR (attribute_not_exists(#claimableFrom) AND (attribute_not_exists(#updatedAt) OR #updatedAt <= :stale)))" +
	" AND (#onLeaseExpiry = :run OR (attribute_not_exists(#onLeaseExpiry) AND :onLeaseExpiry = :run))))" +
	" AND (attribute_not_exists(#attempt) OR #attempt < #maxAttempts" +
	" OR (attribute_not_exists(#maxAttempts) AND #attempt < :maxAttempts))"

// Claim implements [jobstore.JobStore].
func (s *Store[In, Out]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[In, Out], error) {
	if err := driver.ValidateClaim(id, lease); err != nil {
		return nil, s.fail("claim", id, err)
	}
	now := s.opts.Now()
	it, err := s.apply(ctx, id, s.claimUpdate(id, lease, now))
	if old, refused := met(err); refused {
		return s.refusedClaim(ctx, id, old, lease, now)
	}
	if err != nil {
		return nil, s.fail("claim", id, err)
	}
	return s.answer("claim", id, it, nil)
}

func (s *Store[In, Out]) claimUpdate(id string, lease jobstore.Lease, now time.Time) *update {
	a := s.opts.Attributes
	u := newUpdate(claimable).
		name("#id", a.ID).name("#expiresAt", a.ExpiresAt).name("#maxAttempts", a.MaxAttempts).
		value(":nowSeconds", num(now.Unix())).value(":now", num(now.UnixMilli())).
		value(":stale", date(now.Add(-driver.Unleased))).
		value(":pending", str(string(jobstore.Pending))).value(":processing", str(string(jobstore.Processing))).
		value(":maxAttempts", num(int64(s.opts.MaxAttempts))).
		value(":zero", num(0)).value(":one", num(1)).
		name("#onLeaseExpiry", a.OnLeaseExpiry).value(":run", str(string(jobstore.RunAgain))).
		value(":onLeaseExpiry", str(string(s.opts.OnLeaseExpiry))).
		assign("status", a.Status, str(string(jobstore.Processing))).
		value(":claimToken", str(lease.Owner)).value(":settled", str(driver.Settled(lease.Owner))).
		assign("claimToken", a.ClaimToken, str(lease.Owner)).
		assign("claimableFrom", a.ClaimableFrom, num(lease.Until.UnixMilli())).
		delete("reports", a.Reports).
		assign("updatedAt", a.UpdatedAt, date(now)).
		name("#attempt", a.Attempt)
	u.set = append(u.set, "#attempt = if_not_exists(#attempt, :zero) + :one")
	if s.opts.Index != "" {
		u.assign("shard", a.Shard, str(openShard(id))).assign("sweepAt", a.SweepAt, num(lease.Until.UnixMilli()))
	}
	return s.record(u, driver.NewTransition(now, jobstore.Processing, 0, lease.Owner, ""))
}

// refusedClaim says why the claim found no claimable job in old.
func (s *Store[In, Out]) refusedClaim(ctx context.Context, id string, old item, lease jobstore.Lease, now time.Time) (*jobstore.Job[In, Out], error) {
	st := s.state(old)
	switch err := st.RefuseClaim(lease.Owner, now); {
	case errors.Is(err, jobstore.ErrNotFound):
		return nil, s.fail("claim", id, err)
	case err != nil:
		return s.answer("claim", id, old, err)
	case st.HeldBy(lease.Owner): // an earlier try of this call
		return s.answer("claim", id, old, nil)
	case !st.Status.Valid():
		return nil, s.fail("claim", id, fmt.Errorf("%w: %s is %q", jobstore.ErrInvalid, s.opts.Attributes.Status, st.Status))
	case st.Abandoned() == "":
		return s.answer("claim", id, old, jobstore.ErrLeased) // at the moment of the claim
	}
	return s.abandon(ctx, id, old, now)
}

// abandon settles a job that may not be claimed again, unless it has changed since.
func (s *Store[In, Out]) abandon(ctx context.Context, id string, old item, now time.Time) (*jobstore.Job[In, Out], error) {
	it, err := s.apply(ctx, id, s.abandonUpdate(id, old, now))
	if err == nil {
		return s.answer("claim", id, it, jobstore.ErrAbandoned)
	}
	changed, refused := met(err)
	if !refused {
		return nil, s.fail("claim", id, err)
	}
	if s.state(changed).Status.Finished() {
		return s.answer("claim", id, changed, jobstore.ErrFinished)
	}
	return s.answer("claim", id, changed, jobstore.ErrLeased)
}

func (s *Store[In, Out]) abandonUpdate(id string, old item, now time.Time) *update {
	a, st := s.opts.Attributes, s.state(old)
	reason := st.Abandoned()
	u := s.ending(id, "#status = :status", driver.NewTransition(now, jobstore.Failed, st.Attempt, driver.Holder(st.Token), reason)).
		value(":status", old[a.Status]).
		assign("claimToken", a.ClaimToken, str(driver.Abandoned(st.Token))).
		assign("error", a.Error, str(reason)).delete("errorDetail", a.ErrorDetail)
	u.same("attempt", a.Attempt, old).same("claimToken", a.ClaimToken, old).same("updatedAt", a.UpdatedAt, old)
	return u
}
