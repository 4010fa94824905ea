package appsyncstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Cancel implements [jobstore.Canceler].
func (s *Store[In, Out]) Cancel(ctx context.Context, id, reason string) (*jobstore.Job[In, Out], error) {
	if err := s.validCancel(id, reason); err != nil {
		return nil, err
	}
	return s.cancel(ctx, id, reason, nil)
}

// CancelJob implements [jobstore.JobCanceler]. The time of creation and the caller are
// conditions of the mutation. A model that has no field for the caller keeps jobs without one, and
// the time alone tells them apart. In a model that has none for the time either, CancelJob fails
// with [errors.ErrUnsupported]: Cancel may then end another job than the one that was read.
func (s *Store[In, Out]) CancelJob(ctx context.Context, job *jobstore.Job[In, Out], reason string) (*jobstore.Job[In, Out], error) {
	f := s.opts.Fields
	err := s.validCancel(job.ID, reason)
	switch {
	case err != nil:
		return nil, err
	case f.State == "" && virtual(f.CreatedAt):
		return nil, s.fail("cancel", job.ID, fmt.Errorf("%w without a time of creation: set Options.Fields.CreatedAt or State", errors.ErrUnsupported))
	case f.State == "" && virtual(f.Caller) && job.Caller != "":
		return nil, s.fail("cancel", job.ID, jobstore.ErrNotFound) // no job here has a caller
	}
	return s.cancel(ctx, job.ID, reason, s.identity(job))
}

func (s *Store[In, Out]) validCancel(id, reason string) error {
	if err := cmp.Or(driver.ValidateCancel(id, reason), s.validID(id)); err != nil {
		return s.fail("cancel", id, err)
	}
	return nil
}

// cancel cancels the job that identity tells from others with its ID, see only.
func (s *Store[In, Out]) cancel(ctx context.Context, id, reason string, identity record) (*jobstore.Job[In, Out], error) {
	f := s.opts.Fields
	ending := s.ending(id, jobstore.Failed, driver.Canceled(), s.opts.Now())
	ending[f.Canceled] = true
	ending.text(f.Error, reason)
	unfinished := or(eq(f.Status, jobstore.Pending), eq(f.Status, jobstore.Processing))
	for range tries {
		r, err := s.mutate(ctx, s.do.take, ending, and(unfinished, s.unexpired(), s.only(identity)))
		if !refused(err) {
			return s.answered("cancel", id, r.over(s.own(ending)), err)
		}
		now := s.opts.Now()
		r, unread, err := s.explain(ctx, id, func(r record) bool { return s.predates(r, identity, now) })
		if err != nil {
			return nil, s.fail("cancel", id, err)
		}
		if !s.cancelable(r, identity, now) || s.written(r, identity) {
			return s.refusedCancel(ctx, id, r, unread, identity, now)
		}
		identity = r // the same job, whose time another program wrote in another form
	}
	return nil, s.fail("cancel", id, errOld)
}

// refusedCancel says why a job could not be canceled. The refusal proves that it is
// finished, expired or not there, or that another job has its ID.
func (s *Store[In, Out]) refusedCancel(ctx context.Context, id string, r record, unread error, identity record, now time.Time) (*jobstore.Job[In, Out], error) {
	st := s.state(r)
	switch err := s.refuseCancel(r, identity, now); {
	case errors.Is(err, jobstore.ErrNotFound):
		return nil, s.fail("cancel", id, cmp.Or(s.gone(ctx, id, r, identity), err))
	case err == nil && (st.Canceled || !st.Status.Valid()):
		return s.answered("cancel", id, r, unread)
	case err == nil:
		return nil, s.fail("cancel", id, errOld)
	}
	return s.answer("cancel", id, r, jobstore.ErrFinished)
}

// refuseCancel is why r is not to be canceled, nil also when it is canceled already.
func (s *Store[In, Out]) refuseCancel(r, identity record, now time.Time) error {
	if identity == nil {
		return s.state(r).RefuseCancel(now)
	}
	f := s.opts.Fields
	return s.state(r).RefuseCancelOf(identity.date(f.CreatedAt), identity.str(f.Caller), now)
}

// cancelable is true of the job that is meant, as long as it has not ended.
func (s *Store[In, Out]) cancelable(r, identity record, now time.Time) bool {
	st := s.state(r)
	return s.refuseCancel(r, identity, now) == nil && st.Status.Valid() && !st.Status.Finished()
}

// predates is true of a record that is older than the refusal of a cancel: the job does not
// exist yet, could be canceled, or is one that had the ID before.
func (s *Store[In, Out]) predates(r, identity record, now time.Time) bool {
	if s.state(r).Live(now) && s.another(r, identity) {
		return !s.succeeds(r, identity)
	}
	return missing(r) || s.cancelable(r, identity, now) && s.written(r, identity)
}

// gone returns nil when it is certain that a job which r is not, or which r shows as expired,
// cannot be canceled, and errOld when r was old.
func (s *Store[In, Out]) gone(ctx context.Context, id string, r, identity record) error {
	switch {
	case missing(r):
		return s.prove(ctx, id, s.only(identity))
	case !s.another(r, identity):
		return s.proof(ctx, id, s.state(r), jobstore.ErrNotFound)
	case s.succeeds(r, identity):
		return nil
	}
	return s.confirm(ctx, id, r)
}
