package appsyncstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/awsjson"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Report implements [jobstore.JobStore].
func (s *Store[In, Out]) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if err := cmp.Or(driver.ValidateReport(c, h), s.validID(c.ID)); err != nil {
		return s.fail("report", c.ID, err)
	}
	f := s.opts.Fields
	fields := input{f.ID: c.ID, f.Reports: h.Seq, f.UpdatedAt: date(s.opts.Now())}
	s.progress(fields, h.Progress)
	if err := s.partial(fields, c, h); err != nil {
		return s.fail("report", c.ID, err)
	}
	if !h.LeaseUntil.IsZero() {
		fields[f.ClaimableFrom] = h.LeaseUntil.UnixMilli()
	}
	unreported := or(absent(f.Reports), is("lt", f.Reports, h.Seq))
	return s.fenced(ctx, "report", c, fields, and(s.held(c), unreported), func(st driver.State, _ record) bool { return st.Reported(c, h.Seq) })
}

// Settle implements [jobstore.JobStore].
func (s *Store[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	if err := cmp.Or(driver.ValidateSettle(c, o), s.validID(c.ID)); err != nil {
		return s.fail("settle", c.ID, err)
	}
	f := s.opts.Fields
	now := s.opts.Now()
	fields := s.ending(c.ID, o.Status, driver.Settled(c.Owner), now)
	if o.Status == jobstore.Pending {
		fields[f.ClaimableFrom] = driver.Returned(c, o.ClaimableFrom, now, s.opts.PickUp).ClaimableFrom.UnixMilli()
	}
	s.progress(fields, o.Progress)
	if o.Uncounted && o.Status == jobstore.Pending && f.fenced() { // GraphQL cannot increment
		r, _, err := s.read(ctx, c.ID)
		if err != nil {
			return s.fail("settle", c.ID, err)
		}
		fields[f.MaxAttempts] = s.state(r).MaxAttempts + 1
	}
	if o.Status == jobstore.Complete {
		if err := s.output(fields, c, o.Output, "the record with its output"); err != nil {
			return s.fail("settle", c.ID, err)
		}
	}
	if o.Status != jobstore.Complete {
		fields.text(f.Error, o.Error)
		fields.text(f.ErrorDetail, o.Detail)
	}
	err := s.fenced(ctx, "settle", c, fields, s.held(c), func(st driver.State, r record) bool {
		ours := st.SettledBy(c, o.Status) || !f.fenced() && st.Status == o.Status
		return ours && s.sameOutcome(r, fields)
	})
	if o.Status == jobstore.Complete && invalid(err) {
		return s.fail("settle", c.ID, fmt.Errorf("%w: AppSync refuses the output: %w", jobstore.ErrInvalid, err))
	}
	return err
}

// ending has the fields that end an attempt.
func (s *Store[In, Out]) ending(id string, status jobstore.Status, token string, now time.Time) input {
	f := s.opts.Fields
	return input{f.ID: id, f.Status: status, f.ClaimToken: token, f.ClaimableFrom: nil, f.Reports: nil, f.Output: nil, f.Error: nil, f.ErrorDetail: nil, f.UpdatedAt: date(now)}
}

func (s *Store[In, Out]) progress(fields input, p *jobstore.Progress) {
	if p == nil {
		return
	}
	f := s.opts.Fields
	fields[f.Progress] = p.Percent
	fields.text(f.ProgressMessage, p.Message)
}

// partial sets the output so far, if h brings one.
func (s *Store[In, Out]) partial(fields input, c jobstore.Claim, h jobstore.Heartbeat) error {
	out, err := driver.Partial[Out](h)
	if out == nil {
		return err
	}
	return s.output(fields, c, *out, "the record with its output so far")
}

// output sets the output, unless it leaves no room in c's record for what else is written.
func (s *Store[In, Out]) output(fields input, c jobstore.Claim, out Out, what string) error {
	name := s.opts.Fields.Output
	output, err := encode("output", out)
	if err != nil {
		return err
	}
	fields[name] = output
	return driver.Fits(c.Size+slack+len(name)+valueSize(output), s.opts.most(), what)
}

// text sets a field, or removes it when the text is empty.
func (i input) text(name, text string) {
	i[name] = nil
	if text != "" {
		i[name] = text
	}
}

// held is the condition of a write under a claim: the claim holds the job, which has
// not expired.
func (s *Store[In, Out]) held(c jobstore.Claim) condition {
	f := s.opts.Fields
	return and(eq(f.Status, jobstore.Processing), eq(f.ClaimToken, c.Owner), eq(f.Attempt, c.Attempt), s.unexpired())
}

// sameOutcome is true of a record that has the output and the error of a settle. A writer
// who has read the token may have written it beside an outcome of their own. A field that
// cannot be read is not the settle's.
func (s *Store[In, Out]) sameOutcome(r record, settled input) bool {
	f, want := s.opts.Fields, record{}.over(settled)
	if settled[f.Output] != nil && !sameValue(r[f.Output], want[f.Output]) {
		return false
	}
	return r.str(f.Error) == want.str(f.Error)
}

// sameValue compares values as AppSync may have written them anew: an AWSJSON with other
// spaces, order and escapes, and null for an empty string.
func sameValue(a, b json.RawMessage) bool { return reflect.DeepEqual(plain(a), plain(b)) }

// plain is what a field's value stands for. The text of an AWSJSON stands for its content.
func plain(raw json.RawMessage) (v any) {
	if json.Unmarshal(raw, &v) != nil || v == "" {
		return nil
	}
	if inner := awsjson.Text(raw); inner != nil && json.Valid(inner) {
		return plain(inner)
	}
	return v
}

// fenced sends an update. A refusal by a job that the same claim has already
// changed as done wants is a success: the answer to an earlier try was lost. So
// is a partial answer, since nothing of it is wanted.
func (s *Store[In, Out]) fenced(ctx context.Context, op string, c jobstore.Claim, fields input, when condition, done func(driver.State, record) bool) error {
	_, err := s.mutate(ctx, s.do.update, fields, when)
	if refused(err) {
		err = s.whyRefused(ctx, c, done)
	}
	if err == nil || partial(err) {
		return nil
	}
	return s.fail(op, c.ID, err)
}

// whyRefused is nil when done is true of the job, and errOld when no read shows why the
// write was refused.
func (s *Store[In, Out]) whyRefused(ctx context.Context, c jobstore.Claim, done func(driver.State, record) bool) error {
	now := s.opts.Now()
	r, _, err := s.explain(ctx, c.ID, func(r record) bool {
		st := s.state(r)
		return !done(st, r) && !s.lost(st, c, now)
	})
	st := s.state(r)
	switch {
	case err != nil:
		return err
	case r != nil && done(st, r):
		return nil
	case r != nil && s.lost(st, c, now):
		return st.LeaseLost()
	case r == nil:
		return cmp.Or(s.prove(ctx, c.ID, nil), jobstore.ErrLeaseLost)
	case st.Holds(c):
		return errOld
	}
	return cmp.Or(s.confirm(ctx, c.ID, r), st.LeaseLost()) // as of a new job under the same ID
}

// lost is true of a record that is later than the claim's. A claim raises the attempt, so
// a record with a lower one was read too early, as was one that would take the write.
func (s *Store[In, Out]) lost(st driver.State, c jobstore.Claim, now time.Time) bool {
	switch {
	case !st.Exists:
		return false
	case !st.Live(now):
		return true
	case !s.opts.Fields.fenced():
		return st.Status.Finished()
	}
	return st.Attempt > c.Attempt || st.Attempt == c.Attempt && !st.Holds(c)
}
