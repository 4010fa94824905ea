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
	if err := s.checkKey(id, driver.ValidateCancel(id, reason)); err != nil {
		return nil, s.fail("cancel", id, err)
	}
	now, token := s.opts.Now(), driver.Canceled()
	t := driver.NewTransition(now, jobstore.Failed, 0, "", reason)
	u := s.canceling(s.newUpdate(live, older, unfinished, typed), id, token, reason, t)
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
		if job, err, done := s.uncancelable(id, read, now); done {
			return job, err
		}
		t.Attempt = s.state(read).Attempt
		u = s.rewrite(s.canceling(s.unchanged(read), id, token, reason, t), s.history(read), t, afterEnd)
	}
	return nil, s.fail("cancel", id, errRaces)
}

// uncancelable says why read, which refused a cancel, is not to be canceled; done is
// false when it is.
func (s *Store[In, Out]) uncancelable(id string, read item, now time.Time) (job *jobstore.Job[In, Out], err error, done bool) {
	st := s.state(read)
	err = st.RefuseCancel(now)
	switch {
	case errors.Is(err, jobstore.ErrNotFound), errors.Is(err, jobstore.ErrInvalid):
		return nil, s.fail("cancel", id, err), true
	case err != nil || st.Canceled && st.Status.Finished():
		job, err = s.answer("cancel", id, read, err)
		return job, err, true
	}
	return nil, nil, false
}

func (s *Store[In, Out]) canceling(u *update, id, token, reason string, t jobstore.Transition) *update {
	return s.erring(s.ending(u, t, canceledShard(id)), reason, "").
		assign("canceled", boolean(true)).
		assign("claimToken", str(token))
}
