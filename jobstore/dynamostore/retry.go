package dynamostore

import (
	"context"
	"errors"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Retry implements [jobstore.Retrier]. It reads the record, and writes on the condition
// that the record has not changed.
func (s *Store[In, Out]) Retry(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	if err := s.checkKey(id, driver.ValidateID(id)); err != nil {
		return nil, s.fail("retry", id, err)
	}
	token := driver.Reopened()
	read, err := s.find(ctx, id)
	for range tries {
		now := s.opts.Now()
		if err != nil {
			return nil, s.fail("retry", id, err)
		}
		if job, err, done := s.unretriable(id, read, token, now); done {
			return job, err
		}
		var it item
		if it, err = s.apply(ctx, id, s.reopening(id, read, token, now)); err == nil {
			return s.answer("retry", id, it, nil)
		}
		if old, refused := met(err); refused {
			read, err = old, nil
		}
	}
	return nil, s.fail("retry", id, errRaces)
}

// unretriable says why read is not to be reopened; done is false when it is.
func (s *Store[In, Out]) unretriable(id string, read item, token string, now time.Time) (job *jobstore.Job[In, Out], err error, done bool) {
	st := s.state(read)
	err = st.RefuseRetry(now)
	switch {
	case errors.Is(err, jobstore.ErrNotFound), errors.Is(err, jobstore.ErrInvalid):
		return nil, s.fail("retry", id, err), true
	case errors.Is(err, jobstore.ErrUnfinished) && st.Token == token: // our own earlier, unanswered try
		err = nil
	case err == nil:
		return nil, nil, false
	}
	job, err = s.answer("retry", id, read, err)
	return job, err, true
}

func (s *Store[In, Out]) reopening(id string, read item, token string, now time.Time) *update {
	st := s.state(read)
	o := st.Reopen(now)
	u := waits(s.unchanged(read), o.Due).
		assign("status", str(string(jobstore.Pending))).
		assign("claimToken", str(token)).
		assign("maxAttempts", num(int64(o.MaxAttempts))).
		assign("uncounted", num(int64(o.Uncounted))).
		assign("updatedAt", date(now)).
		delete("reports", "handOvers")
	if !o.ExpiresAt.IsZero() {
		u.assign("expiresAt", num(o.ExpiresAt.Unix()))
	}
	t := driver.NewTransition(now, jobstore.Pending, st.Attempt, "", driver.ReopenedReason)
	return s.rewrite(s.indexed(u, openShard(id)), s.history(read), t, afterEnd)
}
