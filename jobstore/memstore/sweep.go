package memstore

import (
	"context"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Stuck implements [jobstore.Sweeper].
func (s *Store[In, Out]) Stuck(ctx context.Context, now time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		for _, job := range s.stuck(now) {
			if err := ctx.Err(); err != nil {
				yield(jobstore.Stuck{}, fail("sweep", "", err))
				return
			}
			if !yield(job, nil) {
				return
			}
		}
	}
}

func (s *Store[In, Out]) stuck(now time.Time) (jobs []jobstore.Stuck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.jobs {
		st := s.state(r)
		if st.Stuck(s.opts.PickUp, now) {
			jobs = append(jobs, st.Found(r.id, s.opts.PickUp))
		}
	}
	return jobs
}

// Rearm implements [jobstore.Rearmer].
func (s *Store[In, Out]) Rearm(ctx context.Context, found jobstore.Stuck, at time.Time) (bool, error) {
	if err := driver.ValidateRearm(found, at); err != nil {
		return false, fail("sweep", found.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, st := s.live(found.ID)
	now := s.opts.Now()
	if !st.Rearms(found, s.opts.PickUp, now) {
		return st.Rearmed(found, at), nil
	}
	s.put(old, old.rearmed(found, at, now))
	return true, nil
}
