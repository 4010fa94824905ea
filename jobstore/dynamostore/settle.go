package dynamostore

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// held is the condition of a write under a claim: the claim holds the job.
const held = "#status = :processing AND #owner = :owner AND #attempt = :attempt"

// Report implements [jobstore.JobStore].
func (s *Store[In, Out]) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if err := driver.ValidateReport(c, h); err != nil {
		return s.fail("report", c.ID, err)
	}
	u := s.fence(newUpdate(held), c).assign("updatedAt", s.opts.Attributes.UpdatedAt, date(s.opts.Now()))
	s.progress(u, h.Progress)
	if !h.LeaseUntil.IsZero() {
		u.assign("leaseUntil", s.opts.Attributes.LeaseUntil, num(h.LeaseUntil.UnixMilli()))
	}
	return s.fenced(ctx, "report", c, u, "")
}

// Settle implements [jobstore.JobStore].
func (s *Store[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	if err := driver.ValidateSettle(c, o); err != nil {
		return s.fail("settle", c.ID, err)
	}
	a := s.opts.Attributes
	u := s.ending(held, driver.NewTransition(s.opts.Now(), o.Status, c.Attempt, c.Owner, o.Error))
	s.fence(u, c)
	s.progress(u, o.Progress)
	if o.Status == jobstore.Complete {
		output, err := encode("output", o.Output)
		if err == nil {
			err = driver.Fits(c.Size+slack+len(a.Output)+valueSize(output), driver.MaxItemBytes, "the record with its output")
		}
		if err != nil {
			return s.fail("settle", c.ID, err)
		}
		u.assign("output", a.Output, output).delete("error", a.Error)
	} else {
		u.assign("error", a.Error, str(o.Error))
	}
	return s.fenced(ctx, "settle", c, u, o.Status)
}

// fence adds to u the values that the condition held compares.
func (s *Store[In, Out]) fence(u *update, c jobstore.Claim) *update {
	a := s.opts.Attributes
	return u.name("#status", a.Status).name("#owner", a.Owner).name("#attempt", a.Attempt).
		value(":processing", str(string(jobstore.Processing))).
		value(":owner", str(c.Owner)).value(":attempt", num(int64(c.Attempt)))
}

// ending is an update that ends an attempt in the status of t.
func (s *Store[In, Out]) ending(condition string, t jobstore.Transition) *update {
	a := s.opts.Attributes
	u := newUpdate(condition).
		assign("status", a.Status, str(string(t.Status))).
		assign("updatedAt", a.UpdatedAt, date(t.At))
	if t.Status == jobstore.Pending && s.opts.Index != "" {
		u.assign("leaseUntil", a.LeaseUntil, num(t.At.UnixMilli()))
	} else {
		u.delete("leaseUntil", a.LeaseUntil)
	}
	if t.Status.Finished() {
		u.delete("unfinished", a.Unfinished)
	}
	return s.record(u, t)
}

func (s *Store[In, Out]) progress(u *update, p *jobstore.Progress) {
	if p == nil {
		return
	}
	u.assign("progress", s.opts.Attributes.Progress, num(int64(p.Percent)))
	if p.Message == "" {
		u.delete("progressMessage", s.opts.Attributes.ProgressMessage)
		return
	}
	u.assign("progressMessage", s.opts.Attributes.ProgressMessage, str(p.Message))
}

// fenced sends u. It succeeds when an earlier try of the same claim has already brought
// the job to the status done.
func (s *Store[In, Out]) fenced(ctx context.Context, op string, c jobstore.Claim, u *update, done jobstore.Status) error {
	_, err := s.apply(ctx, c.ID, u)
	if old, refused := met(err); refused {
		st := s.state(old)
		if st.SettledBy(c, done) {
			return nil
		}
		err = st.LeaseLost()
	}
	if done == jobstore.Complete && invalid(err) {
		err = fmt.Errorf("%w: DynamoDB refuses the output: %w", jobstore.ErrInvalid, err)
	}
	if err != nil {
		return s.fail(op, c.ID, err)
	}
	return nil
}
