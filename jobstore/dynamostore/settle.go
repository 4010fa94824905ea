package dynamostore

import (
	"context"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// held is true of a job that a claim holds: token and attempt are its own.
const held = "#status = :processing AND #claimToken = :claimToken AND #attempt = :attempt"

// unreported is true of a job whose latest heartbeat has a lower number.
const unreported = "(attribute_not_exists(#reports) OR #reports < :reportsNew)"

// Report implements [jobstore.JobStore].
func (s *Store[In, Out]) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if err := driver.ValidateReport(c, h); err != nil {
		return s.fail("report", c.ID, err)
	}
	a := s.opts.Attributes
	u := s.fence(newUpdate(held+" AND "+unreported), c).
		assign("updatedAt", a.UpdatedAt, date(s.opts.Now())).
		assign("reports", a.Reports, num(int64(h.Seq)))
	s.progress(u, h.Progress)
	if !h.LeaseUntil.IsZero() {
		u.assign("claimableFrom", a.ClaimableFrom, num(h.LeaseUntil.UnixMilli()))
		s.sweep(u, h.LeaseUntil)
	}
	return s.fenced(ctx, "report", c, u, func(st driver.State) bool { return st.Reported(c, h.Seq) })
}

// Settle implements [jobstore.JobStore].
func (s *Store[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	if err := driver.ValidateSettle(c, o); err != nil {
		return s.fail("settle", c.ID, err)
	}
	a := s.opts.Attributes
	u := s.ending(c.ID, held, driver.NewTransition(s.opts.Now(), o.Status, c.Attempt, c.Owner, o.Error))
	s.fence(u, c).assign("claimToken", a.ClaimToken, str(driver.Settled(c.Owner)))
	s.progress(u, o.Progress)
	if o.Uncounted {
		u.set = append(u.set, "#maxAttempts = if_not_exists(#maxAttempts, :maxAttempts) + :one")
		u.name("#maxAttempts", a.MaxAttempts).value(":maxAttempts", num(int64(s.opts.MaxAttempts))).value(":one", num(1))
	}
	if o.Status == jobstore.Complete {
		output, err := encode("output", o.Output)
		if err == nil {
			err = driver.Fits(c.Size+slack+len(a.Output)+valueSize(output), driver.MaxItemBytes, "the record with its output")
		}
		if err != nil {
			return s.fail("settle", c.ID, err)
		}
		u.assign("output", a.Output, output)
	}
	u.text("error", a.Error, o.Error).text("errorDetail", a.ErrorDetail, o.Detail)
	err := s.fenced(ctx, "settle", c, u, func(st driver.State) bool { return st.SettledBy(c, o.Status) })
	if o.Status == jobstore.Complete && invalid(err) {
		return s.fail("settle", c.ID, fmt.Errorf("%w: DynamoDB refuses the output: %w", jobstore.ErrInvalid, err))
	}
	return err
}

// fence adds to u the values that the condition held compares.
func (s *Store[In, Out]) fence(u *update, c jobstore.Claim) *update {
	a := s.opts.Attributes
	return u.name("#status", a.Status).name("#claimToken", a.ClaimToken).name("#attempt", a.Attempt).
		value(":processing", str(string(jobstore.Processing))).
		value(":claimToken", str(c.Owner)).value(":attempt", num(int64(c.Attempt)))
}

// ending is an update that brings a job to the state of t, which no worker holds.
func (s *Store[In, Out]) ending(id, condition string, t jobstore.Transition) *update {
	a := s.opts.Attributes
	u := newUpdate(condition).
		assign("status", a.Status, str(string(t.Status))).
		assign("updatedAt", a.UpdatedAt, date(t.At)).
		delete("reports", a.Reports)
	if t.Status == jobstore.Pending {
		u.assign("claimableFrom", a.ClaimableFrom, num(t.At.UnixMilli()))
	} else {
		u.delete("claimableFrom", a.ClaimableFrom)
	}
	switch {
	case s.opts.Index == "":
	case t.Status == jobstore.Pending:
		s.sweep(u, t.At.Add(s.opts.PickUp))
	case t.Status == jobstore.Failed:
		s.sweep(u.assign("shard", a.Shard, str(failedShard(id))), t.At)
	default:
		u.delete("shard", a.Shard).delete("sweepAt", a.SweepAt)
	}
	return s.record(u, t)
}

// sweep says when a sweep is to look at the job again.
func (s *Store[In, Out]) sweep(u *update, at time.Time) {
	if s.opts.Index != "" {
		u.assign("sweepAt", s.opts.Attributes.SweepAt, num(at.UnixMilli()))
	}
}

func (s *Store[In, Out]) progress(u *update, p *jobstore.Progress) {
	if p == nil {
		return
	}
	u.assign("progress", s.opts.Attributes.Progress, num(int64(p.Percent)))
	u.text("progressMessage", s.opts.Attributes.ProgressMessage, p.Message)
}

// fenced sends u. It succeeds when done is true of the job that refused it: an earlier
// try of the same call took effect.
func (s *Store[In, Out]) fenced(ctx context.Context, op string, c jobstore.Claim, u *update, done func(driver.State) bool) error {
	_, err := s.apply(ctx, c.ID, u)
	if old, refused := met(err); refused {
		st := s.state(old)
		if done(st) {
			return nil
		}
		err = st.LeaseLost()
	}
	if err != nil {
		return s.fail(op, c.ID, err)
	}
	return nil
}
