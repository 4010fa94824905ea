package memstore

import (
	"context"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
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
	now := s.opts.Now()
	for _, r := range s.jobs {
		job := jobstore.Stuck{ID: r.id, Status: r.status, Since: r.since()}
		if driver.Stuck(job, pendingBefore, leaseBefore) && !r.expired(now) {
			jobs = append(jobs, job)
		}
	}
	return jobs
}

// since is when an unfinished job's state began to wait for somebody.
func (r *record) since() time.Time {
	if r.status == jobstore.Processing {
		return date(r.leaseUntil)
	}
	return date(r.updatedAt)
}
