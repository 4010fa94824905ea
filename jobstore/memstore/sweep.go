package memstore

import (
	"context"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Stuck implements [jobstore.Sweeper].
func (s *Store[In, Out]) Stuck(ctx context.Context, pendingBefore, leaseBefore time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		for _, job := range s.stuck(pendingBefore, leaseBefore) {
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

func (s *Store[In, Out]) stuck(pendingBefore, leaseBefore time.Time) (jobs []jobstore.Stuck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.jobs {
		st := s.state(r)
		if since, ok := st.Stuck(pendingBefore, leaseBefore, s.opts.Now()); ok {
			jobs = append(jobs, jobstore.Stuck{ID: r.id, Status: r.status, Since: since})
		}
	}
	return jobs
}
