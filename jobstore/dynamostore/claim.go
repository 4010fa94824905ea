package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// tries is how often a write is made that lost against another.
const tries = 5

// Claim implements [jobstore.JobStore]. The first write reads nothing and takes a
// record that has no NULL, and no number of somebody else. The record that refuses it
// says what to do: most often nothing; otherwise a write on the condition that the
// record is still as it was read.
func (s *Store[In, Out]) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[In, Out], error) {
	if err := s.checkKey(id, driver.ValidateClaim(id, lease)); err != nil {
		return nil, s.fail("claim", id, err)
	}
	now := s.opts.Now()
	u, won := s.claimUpdate(id, lease, now), error(nil)
	for range tries {
		it, err := s.apply(ctx, id, u)
		read, refused := met(err)
		switch {
		case err == nil:
			return s.answer("claim", id, it, won)
		case !refused:
			return nil, s.fail("claim", id, err)
		}
		if job, err, done := s.unclaimable(id, read, lease, now); done {
			return job, err
		}
		u, won = s.claimRead(id, read, lease, now)
	}
	return nil, s.fail("claim", id, errRaces)
}

// errRaces is the error of a write whose record changed each time that it was read.
var errRaces = fmt.Errorf("the record has changed under each of %d tries", tries)

// unclaimable says why read, which refused a claim, is not to be claimed; done is
// false when it is.
func (s *Store[In, Out]) unclaimable(id string, read item, lease jobstore.Lease, now time.Time) (job *jobstore.Job[In, Out], err error, done bool) {
	st := s.state(read)
	err = st.RefuseClaim(lease.Owner, now)
	switch {
	case errors.Is(err, jobstore.ErrNotFound), errors.Is(err, jobstore.ErrInvalid):
		return nil, s.fail("claim", id, err), true
	case err != nil || st.HeldBy(lease.Owner): // by our own earlier, unanswered try
		job, err = s.answer("claim", id, read, err)
		return job, err, true
	}
	return nil, nil, false
}

// claimUpdate claims a record that was not read.
func (s *Store[In, Out]) claimUpdate(id string, lease jobstore.Lease, now time.Time) *update {
	taken := "(#status = :processing AND " + s.runsAgain() + " AND " + leaseEnded + ")"
	u := s.newUpdate(live, older, "NOT ("+own+")", "("+due+" OR "+taken+")", attemptsLeft, typed)
	if s.opts.History {
		u.conditions = append(u.conditions, appendable)
	}
	u.set = append(u.set, "#attempt = if_not_exists(#attempt, :0) + :1")
	s.claiming(u, id, lease, now)
	return s.record(u, driver.NewTransition(now, jobstore.Processing, 0, lease.Owner, ""))
}

// claimRead claims the record that was read, or settles it when it may not be claimed
// again. won is the error of a claim whose update succeeds.
func (s *Store[In, Out]) claimRead(id string, read item, lease jobstore.Lease, now time.Time) (u *update, won error) {
	st := s.state(read)
	if reason := st.Abandoned(); reason != "" {
		return s.abandonUpdate(id, read, reason, lease, now), jobstore.ErrAbandoned
	}
	u = s.unchanged(read).assign("attempt", num(int64(st.Attempt+1)))
	s.claiming(u, id, lease, now)
	t := driver.NewTransition(now, jobstore.Processing, st.Attempt+1, lease.Owner, "")
	return s.rewrite(u, s.history(read), t, afterClaim), nil
}

// claiming gives u what each claim writes.
func (s *Store[In, Out]) claiming(u *update, id string, lease jobstore.Lease, now time.Time) {
	s.at(u, now).value(":settled", str(driver.Settled(lease.Owner))).
		assign("status", str(string(jobstore.Processing))).
		assign("claimToken", str(lease.Owner)).
		assign("updatedAt", date(now)).
		delete("reports", "handOvers", "output")
	leased(u, lease.Until)
	s.indexed(u, openShard(id))
}

// abandonUpdate settles a job whose worker did not, unless it has changed since.
func (s *Store[In, Out]) abandonUpdate(id string, read item, reason string, lease jobstore.Lease, now time.Time) *update {
	st := s.state(read)
	t := driver.NewTransition(now, jobstore.Failed, st.Attempt, driver.Holder(st.Token), reason)
	u := s.erring(s.ending(s.unchanged(read), t, failedShard(id)), reason, "").
		assign("claimToken", str(driver.Abandoned(st.Token, lease.Owner)))
	return s.rewrite(u, s.history(read), t, afterEnd)
}

// history are the transitions in an item.
func (s *Store[In, Out]) history(it item) []jobstore.Transition {
	return transitions(it[s.opts.Attributes.History], s.state(it).Attempt)
}
