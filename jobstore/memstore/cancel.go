package memstore

import (
	"context"
	"errors"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Cancel implements [jobstore.Canceler].
func (s *Store[In, Out]) Cancel(ctx context.Context, id, reason string) (*jobstore.Job[In, Out], error) {
	return s.cancel(id, reason, driver.State.RefuseCancel)
}

// CancelJob implements [jobstore.JobCanceler].
func (s *Store[In, Out]) CancelJob(ctx context.Context, job *jobstore.Job[In, Out], reason string) (*jobstore.Job[In, Out], error) {
	return s.cancel(job.ID, reason, func(st driver.State, now time.Time) error {
		return st.RefuseCancelOf(job.CreatedAt, job.Caller, now)
	})
}

func (s *Store[In, Out]) cancel(id, reason string, refuse func(driver.State, time.Time) error) (*jobstore.Job[In, Out], error) {
	r, err := s.canceled(id, reason, refuse)
	if r == nil || errors.Is(err, jobstore.ErrNotFound) {
		return nil, fail("cancel", id, err)
	}
	return answer[In, Out]("cancel", r, err)
}

func (s *Store[In, Out]) canceled(id, reason string, refuse func(driver.State, time.Time) error) (*record, error) {
	if err := driver.ValidateCancel(id, reason); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, st := s.live(id)
	now := s.opts.Now()
	if err := refuse(st, now); err != nil || st.Canceled {
		return old, err
	}
	return s.put(old, old.canceled(reason, now)), nil
}
