package memstore

import (
	"context"
	"time"
)

// Pick implements [jobstore.Picker].
func (s *Store[In, Out]) Pick(ctx context.Context, since time.Time, n int) (ids []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, fail("sweep", "", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	for _, r := range s.jobs { // in random order
		if len(ids) >= n {
			break
		}
		if s.state(r).Picked(since, now, s.opts.PickUp) {
			ids = append(ids, r.id)
		}
	}
	return ids, nil
}
