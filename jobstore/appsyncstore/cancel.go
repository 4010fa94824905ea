package appsyncstore

import (
	"cmp"
	"context"
	"errors"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Cancel implements [jobstore.Canceler].
func (s *Store[In, Out]) Cancel(ctx context.Context, id, reason string) (*jobstore.Job[In, Out], error) {
	if err := cmp.Or(driver.ValidateCancel(id, reason), s.validID(id)); err != nil {
		return nil, s.fail("cancel", id, err)
	}
	f := s.opts.Fields
	ending := s.ending(id, jobstore.Failed, driver.Canceled(), s.opts.Now())
	ending[f.Canceled] = true
	ending.text(f.Error, reason)
	unfinished := or(eq(f.Status, jobstore.Pending), eq(f.Status, jobstore.Processing))
	r, err := s.mutate(ctx, s.do.take, ending, and(unfinished, s.unexpired()))
	if refused(err) {
		return s.refusedCancel(ctx, id)
	}
	return s.answered("cancel", id, r.over(s.own(ending)), err)
}

// refusedCancel says why a job could not be canceled. The refusal proves that it is
// finished, expired or not there.
func (s *Store[In, Out]) refusedCancel(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	now := s.opts.Now()
	r, unread, err := s.explain(ctx, id, func(r record) bool {
		st := s.state(r)
		return !st.Exists || st.Live(now) && st.Status.Valid() && !st.Status.Finished()
	})
	if err != nil {
		return nil, s.fail("cancel", id, err)
	}
	st := s.state(r)
	switch err := st.RefuseCancel(now); {
	case errors.Is(err, jobstore.ErrNotFound):
		return nil, s.fail("cancel", id, cmp.Or(s.proof(ctx, id, st, err), err))
	case err == nil && (st.Canceled || !st.Status.Valid()):
		return s.answered("cancel", id, r, unread)
	case err == nil:
		return nil, s.fail("cancel", id, errOld)
	}
	return s.answer("cancel", id, r, jobstore.ErrFinished)
}
