package dynamostore

import (
	"context"
	"errors"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Cancel implements [jobstore.Canceler]. Like Claim, it reads nothing first.
func (s *Store[In, Out]) Cancel(ctx context.Context, id, reason string) (*jobstore.Job[In, Out], error) {
	return s.cancel(ctx, id, reason, s.newUpdate(), driver.State.RefuseCancel)
}

// CancelJob implements [jobstore.JobCanceler]. Like Cancel, it reads nothing first.
func (s *Store[In, Out]) CancelJob(ctx context.Context, job *jobstore.Job[In, Out], reason string) (*jobstore.Job[In, Out], error) {
	caller := "attribute_not_exists(#caller)"
	if job.Caller != "" {
		caller = "#caller = :caller"
	}
	u := s.newUpdate("#createdAt = :created", caller).value(":created", date(job.CreatedAt)).value(":caller", str(job.Caller))
	return s.cancel(ctx, job.ID, reason, u, func(st driver.State, now time.Time) error {
		return st.RefuseCancelOf(job.CreatedAt, job.Caller, now)
	})
}

// cancel sends u, which has the conditions that tell which job is meant. A record that refuses
// it is canceled as it was read unless refuse is against it.
func (s *Store[In, Out]) cancel(ctx context.Context, id, reason string, u *update, refuse func(driver.State, time.Time) error) (*jobstore.Job[In, Out], error) {
	if err := s.checkKey(id, driver.ValidateCancel(id, reason)); err != nil {
		return nil, s.fail("cancel", id, err)
	}
	now, token := s.opts.Now(), driver.Canceled()
	t := driver.NewTransition(now, jobstore.Failed, 0, "", reason)
	u.conditions = append(u.conditions, live, older, unfinished, typed)
	u = s.canceling(u, id, token, reason, t)
	u = s.record(s.at(u, now), t)
	for range tries {
		it, err := s.apply(ctx, id, u)
		read, refused := met(err)
		switch {
		case err == nil:
			return s.answer("cancel", id, it, nil)
		case !refused:
			return nil, s.fail("cancel", id, err)
		}
		if job, err, done := s.uncancelable(id, read, refuse(s.state(read), now)); done {
			return job, err
		}
		t.Attempt = s.state(read).Attempt
		u = s.rewrite(s.canceling(s.unchanged(read), id, token, reason, t), s.history(read), t, afterEnd)
	}
	return nil, s.fail("cancel", id, errRaces)
}

// uncancelable says that read, which refused a cancel, is not to be canceled because of why;
// done is false when it is.
func (s *Store[In, Out]) uncancelable(id string, read item, why error) (job *jobstore.Job[In, Out], err error, done bool) {
	st := s.state(read)
	switch {
	case errors.Is(why, jobstore.ErrNotFound), errors.Is(why, jobstore.ErrInvalid):
		return nil, s.fail("cancel", id, why), true
	case why != nil || st.Canceled && st.Status.Finished():
		job, err = s.answer("cancel", id, read, why)
		return job, err, true
	}
	return nil, nil, false
}

func (s *Store[In, Out]) canceling(u *update, id, token, reason string, t jobstore.Transition) *update {
	return s.erring(s.ending(u, t, canceledShard(id)), reason, "").
		assign("canceled", boolean(true)).
		assign("claimToken", str(token))
}
