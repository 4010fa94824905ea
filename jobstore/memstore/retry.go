package memstore

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Retry implements [jobstore.Retrier].
func (s *Store[In, Out]) Retry(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	r, err := s.retry(id)
	if r == nil {
		return nil, fail("retry", id, err)
	}
	return answer[In, Out]("retry", r, err)
}

func (s *Store[In, Out]) retry(id string) (*record, error) {
	if err := driver.ValidateID(id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, st := s.live(id)
	now := s.opts.Now()
	if err := st.RefuseRetry(now); err != nil {
		return old, err
	}
	return s.put(old, old.reopened(st.Reopen(now), now)), nil
}
