package dynamostore

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// Settle implements [jobstore.JobStore].
func (s *Store[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	err := s.checkKey(c.ID, driver.ValidateSettle(c, o))
	if err == nil {
		err = s.settle(ctx, c, o)
	}
	if err != nil {
		return s.fail("settle", c.ID, err)
	}
	return nil
}

func (s *Store[In, Out]) settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	output, err := s.encodeOutput(c, o)
	if err != nil {
		return err
	}
	err = s.fenced(ctx, c, o, output)
	switch {
	case o.Status == jobstore.Complete && invalid(err):
		return fmt.Errorf("%w: DynamoDB refuses the output: %w", jobstore.ErrInvalid, withhold(err))
	case o.Status != jobstore.Complete && errors.Is(err, jobstore.ErrTooLarge):
		return s.fenced(ctx, c, shortened(o), nil)
	}
	return err
}

// encodeOutput returns nil for an outcome without an output.
func (s *Store[In, Out]) encodeOutput(c jobstore.Claim, o jobstore.Outcome[Out]) (types.AttributeValue, error) {
	if o.Status != jobstore.Complete {
		return nil, nil
	}
	output, err := attr.Encode("output", o.Output)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
	}
	return output, s.fitsOutput(c, output, "the record with its output")
}

// shortened is o as it fits into a record that somebody else has filled.
func shortened[Out any](o jobstore.Outcome[Out]) jobstore.Outcome[Out] {
	o.Error, o.Detail, o.Progress = rules.Cut(o.Error, 256), "", nil
	return o
}

// fenced writes an outcome under its claim. A NULL where the write needs a value
// refuses the first try.
func (s *Store[In, Out]) fenced(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out], output types.AttributeValue) error {
	done := func(old item) func(driver.State) bool {
		return func(st driver.State) bool { return st.SettledBy(c, o.Status) && s.sameOutcome(old, o, output) }
	}
	u := s.settleUpdate(c, o, output)
	s.countsUp(u, o)
	s.recordEnd(u, c, o)
	_, err := s.apply(ctx, c.ID, u)
	old, refused := met(err)
	if !refused {
		return err
	}
	st := s.state(old)
	if !st.Holds(c) || !st.Live(s.opts.Now()) || st.Malformed != nil {
		return s.lost(old, done(old))
	}
	u = s.settleUpdate(c, o, output)
	if uncounted(o) {
		u.assign("maxAttempts", num(int64(st.MaxAttempts+1))).assign("uncounted", num(int64(st.Uncounted+1)))
	}
	s.rewrite(u, s.history(old), s.transition(c, o), afterEnd)
	_, err = s.apply(ctx, c.ID, u)
	if old, refused := met(err); refused {
		return s.lost(old, done(old))
	}
	return err
}

// sameOutcome is true of a record that has the output of a settle. A writer who has read
// the token may have written it beside an output of their own.
func (s *Store[In, Out]) sameOutcome(old item, o jobstore.Outcome[Out], output types.AttributeValue) bool {
	return o.Status != jobstore.Complete || attr.SameStored(old[s.opts.Attributes.Output], output)
}

// lost is nil when done is true of the record that refused a write: the answer to an
// earlier try was lost. Otherwise it says why the claim does not hold the job.
func (s *Store[In, Out]) lost(old item, done func(driver.State) bool) error {
	st := s.state(old)
	switch {
	case st.Malformed != nil:
		return st.Malformed
	case done(st):
		return nil
	}
	return st.LeaseLost()
}

// fence is an update on the condition that c holds the job, and the job exists.
func (s *Store[In, Out]) fence(c jobstore.Claim, conditions ...string) *update {
	u := s.newUpdate(append([]string{held, unexpired}, conditions...)...)
	return s.at(u, s.opts.Now()).value(":holder", str(c.Owner)).value(":held", num(int64(c.Attempt)))
}

func (s *Store[In, Out]) transition(c jobstore.Claim, o jobstore.Outcome[Out]) jobstore.Transition {
	return driver.NewTransition(s.opts.Now(), o.Status, c.Attempt, c.Owner, o.Error)
}

func (s *Store[In, Out]) settleUpdate(c jobstore.Claim, o jobstore.Outcome[Out], output types.AttributeValue) *update {
	u := s.fence(c).assign("claimToken", str(driver.Settled(c.Owner)))
	advance(u, o.Progress)
	if o.Status == jobstore.Pending {
		s.returning(u, c, o)
	} else {
		s.ending(u, s.transition(c, o), failedShard(c.ID))
	}
	if o.Status == jobstore.Complete {
		return s.erring(u.assign("output", output), "", "")
	}
	return s.erring(u, o.Error, o.Detail)
}

func uncounted[Out any](o jobstore.Outcome[Out]) bool {
	return o.Uncounted && o.Status == jobstore.Pending
}

// countsUp allows another attempt, when this one does not count.
func (s *Store[In, Out]) countsUp(u *update, o jobstore.Outcome[Out]) {
	if !uncounted(o) {
		return
	}
	u.set = append(u.set, "#maxAttempts = if_not_exists(#maxAttempts, :defaultAttempts) + :1", "#uncounted = if_not_exists(#uncounted, :0) + :1")
	u.conditions = append(u.conditions, ofType("N", "maxAttempts", "uncounted"))
}

// recordEnd appends to the history, or rewrites it when it gets too long.
func (s *Store[In, Out]) recordEnd(u *update, c jobstore.Claim, o jobstore.Outcome[Out]) {
	if !s.opts.History {
		return
	}
	if t := s.transition(c, o); len(c.History) >= afterEnd {
		s.rewrite(u, c.History, t, afterEnd)
	} else {
		s.record(u, t)
		u.conditions = append(u.conditions, ofType("L", "history"))
	}
}

// returning has u bring a job back to pending.
func (s *Store[In, Out]) returning(u *update, c jobstore.Claim, o jobstore.Outcome[Out]) *update {
	now := s.opts.Now()
	u.assign("status", str(string(jobstore.Pending))).assign("updatedAt", date(now)).delete("reports", "output")
	return s.indexed(waits(u, driver.Returned(c, o.ClaimableFrom, now, s.opts.PickUp)), openShard(c.ID))
}

// ending has u bring a job to the state of t, which is final. A failed job stays in the
// index, under the key shard.
func (s *Store[In, Out]) ending(u *update, t jobstore.Transition, shard string) *update {
	u.assign("status", str(string(t.Status))).assign("updatedAt", date(t.At)).delete("reports", "claimableFrom")
	if t.Status == jobstore.Failed {
		return s.indexed(u.delete("output").assign("sweepAt", num(t.At.UnixMilli())), shard)
	}
	return s.unindexed(u.delete("sweepAt"))
}

func advance(u *update, p *jobstore.Progress) {
	if p != nil {
		u.assign("progress", num(int64(p.Percent))).text("progressMessage", p.Message)
	}
}
