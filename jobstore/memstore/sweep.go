package memstore

import (
	"context"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// Stranded implements [jobstore.Sweeper].
func (s *Store[In, Out]) Stranded(ctx context.Context, pendingBefore, leaseBefore time.Time) iter.Seq2[jobstore.Stranded, error] {
	return func(yield func(jobstore.Stranded, error) bool) {
		for _, job := range s.stranded(pendingBefore, leaseBefore) {
			if err := ctx.Err(); err != nil {
				yield(jobstore.Stranded{}, fail("sweep", "", err))
				return
			}
			if !yield(job, nil) {
				return
			}
		}
	}
}

func (s *Store[In, Out]) stranded(pendingBefore, leaseBefore time.Time) (jobs []jobstore.Stranded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	for _, r := range s.jobs {
		job := jobstore.Stranded{ID: r.id, Status: r.status, Since: r.since()}
		if rules.Stranded(job, pendingBefore, leaseBefore) && !r.expired(now) {
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
