package memstore

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Cancel implements [jobstore.Canceler].
func (s *Store[In, Out]) Cancel(ctx context.Context, id, reason string) (*jobstore.Job[In, Out], error) {
	r, err := s.cancel(id, reason)
	if r == nil {
		return nil, fail("cancel", id, err)
	}
	return answer[In, Out]("cancel", r, err)
}

func (s *Store[In, Out]) cancel(id, reason string) (*record, error) {
	if err := driver.ValidateCancel(id, reason); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, st := s.live(id)
	now := s.opts.Now()
	if err := st.RefuseCancel(now); err != nil || st.Canceled {
		return old, err
	}
	return s.put(old, old.canceled(reason, now)), nil
}
