package appsyncstore

import (
	"context"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Report implements [jobstore.JobStore].
func (s *Store[In, Out]) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if err := driver.ValidateReport(c, h); err != nil {
		return s.fail("report", c.ID, err)
	}
	f := s.opts.Fields
	fields := input{f.ID: c.ID, f.UpdatedAt: date(s.opts.Now())}
	s.progress(fields, h.Progress)
	if !h.LeaseUntil.IsZero() {
		fields[f.LeaseUntil] = h.LeaseUntil.UnixMilli()
	}
	return s.fenced(ctx, "report", c, fields, func(st driver.State) bool { return false })
}

// Settle implements [jobstore.JobStore].
func (s *Store[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	if err := driver.ValidateSettle(c, o); err != nil {
		return s.fail("settle", c.ID, err)
	}
	f := s.opts.Fields
	fields := s.ending(c.ID, o.Status, s.opts.Now())
	fields[f.Owner] = driver.Settled(c.Owner)
	s.progress(fields, o.Progress)
	if o.Uncounted { // GraphQL cannot increment
		r, _, err := s.read(ctx, c.ID)
		if err != nil {
			return s.fail("settle", c.ID, err)
		}
		fields[f.MaxAttempts] = s.state(r).MaxAttempts + 1
	}
	if o.Status == jobstore.Complete {
		output, err := encode("output", o.Output)
		if err == nil {
			err = driver.Fits(c.Size+slack+len(f.Output)+valueSize(output), driver.MaxItemBytes, "the record with its output")
		}
		if err != nil {
			return s.fail("settle", c.ID, err)
		}
		fields[f.Output], fields[f.Error] = output, nil
	} else {
		fields[f.Error] = o.Error
	}
	err := s.fenced(ctx, "settle", c, fields, func(st driver.State) bool { return st.SettledBy(c, o.Status) })
	if o.Status == jobstore.Complete && invalid(err) {
		return s.fail("settle", c.ID, fmt.Errorf("%w: AppSync refuses the output: %w", jobstore.ErrInvalid, err))
	}
	return err
}

// ending has the fields that end an attempt.
func (s *Store[In, Out]) ending(id string, status jobstore.Status, now time.Time) input {
	f := s.opts.Fields
	fields := input{f.ID: id, f.Status: status, f.LeaseUntil: nil, f.UpdatedAt: date(now)}
	if status == jobstore.Pending {
		fields[f.LeaseUntil] = now.UnixMilli() // a copy of an older claim comes too early
	}
	return fields
}

func (s *Store[In, Out]) progress(fields input, p *jobstore.Progress) {
	if p == nil {
		return
	}
	f := s.opts.Fields
	fields[f.Progress], fields[f.ProgressMessage] = p.Percent, nil
	if p.Message != "" {
		fields[f.ProgressMessage] = p.Message
	}
}

// held is the condition of a write under a claim: the claim holds the job.
func (s *Store[In, Out]) held(c jobstore.Claim) condition {
	f := s.opts.Fields
	return and(eq(f.Status, jobstore.Processing), eq(f.Owner, c.Owner), eq(f.Attempt, c.Attempt))
}

// fenced sends an update. A refusal by a job that the same claim has already
// changed as done wants is a success: the answer to an earlier try was lost. So
// is a partial answer, since nothing of it is wanted.
func (s *Store[In, Out]) fenced(ctx context.Context, op string, c jobstore.Claim, fields input, done func(driver.State) bool) error {
	_, err := s.mutate(ctx, s.do.update, fields, s.held(c))
	if refused(err) {
		err = s.whyRefused(ctx, c, done)
	}
	if err == nil || partial(err) {
		return nil
	}
	return s.fail(op, c.ID, err)
}

// whyRefused is nil when done is true of the job.
func (s *Store[In, Out]) whyRefused(ctx context.Context, c jobstore.Claim, done func(driver.State) bool) error {
	r, _, err := s.explain(ctx, c.ID, func(st driver.State) bool { return st.Holds(c) })
	if err != nil {
		return err
	}
	st := s.state(r)
	if done(st) {
		return nil
	}
	return st.LeaseLost()
}
