package memstore

import (
	"context"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
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
			jobs = append(jobs, jobstore.Stuck{ID: r.id, Status: r.status, Since: st.LookAt(s.opts.PickUp)})
		}
	}
	return jobs
}
