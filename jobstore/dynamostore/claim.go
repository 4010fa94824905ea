package dynamostore

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// claimable is true of a job that may be claimed and has an attempt left. The
// policy of a job whose lease ran out is part of it.
const claimable = "attribute_exists(#id)" +
	" AND (attribute_not_exists(#expiresAt) OR #expiresAt > :nowSeconds)" +
	" AND (#status = :pending OR (#status = :processing AND (#leaseUntil <= :now" +
	" OR (attribute_not_exists(#leaseUntil) AND (attribute_not_exists(#updatedAt) OR #updatedAt <= :stale)))" +
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
		assign("owner", a.Owner, str(lease.Owner)).
		assign("leaseUntil", a.LeaseUntil, num(lease.Until.UnixMilli())).
		assign("updatedAt", a.UpdatedAt, date(now)).
		name("#attempt", a.Attempt)
	u.set = append(u.set, "#attempt = if_not_exists(#attempt, :zero) + :one")
	if s.opts.Index != "" {
		u.assign("unfinished", a.Unfinished, str(shard(id)))
	}
	return s.record(u, driver.NewTransition(now, jobstore.Processing, 0, lease.Owner, ""))
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
	case s.abandoned(old) == "":
		return s.answer("claim", id, old, jobstore.ErrLeased) // for the moment of the claim
	}
	return s.abandon(ctx, id, old, now)
}

// abandoned is why a job that nobody holds may not be claimed again, or empty.
func (s *Store[In, Out]) abandoned(it item) string {
	a := s.opts.Attributes
	policy := cmp.Or(it.str(a.OnLeaseExpiry), string(s.opts.OnLeaseExpiry))
	held := it.str(a.Status) == string(jobstore.Processing) && policy != string(jobstore.RunAgain)
	attempt, _ := it.num(a.Attempt)
	if held || attempt >= int64(s.maxAttempts(it)) {
		return driver.Abandoned(held, s.maxAttempts(it))
	}
	return ""
}

// abandon settles a job that may not be claimed again, unless it has changed since.
func (s *Store[In, Out]) abandon(ctx context.Context, id string, old item, now time.Time) (*jobstore.Job[In, Out], error) {
	it, err := s.apply(ctx, id, s.abandonUpdate(old, now))
	if changed, refused := met(err); refused {
		it, err = changed, nil
	}
	if err != nil {
		return nil, s.fail("claim", id, err)
	}
	if jobstore.Status(it.str(s.opts.Attributes.Status)).Finished() {
		return s.answer("claim", id, it, jobstore.ErrFinished)
	}
	return s.answer("claim", id, it, jobstore.ErrLeased)
}

func (s *Store[In, Out]) abandonUpdate(old item, now time.Time) *update {
	a, reason := s.opts.Attributes, s.abandoned(old)
	attempt, _ := old.num(a.Attempt)
	u := s.ending("#status = :status", driver.NewTransition(now, jobstore.Failed, int(attempt), old.str(a.Owner), reason)).
		value(":status", old[a.Status]).
		assign("error", a.Error, str(reason))
	u.same("attempt", a.Attempt, old).same("owner", a.Owner, old).same("updatedAt", a.UpdatedAt, old)
	return u
}
