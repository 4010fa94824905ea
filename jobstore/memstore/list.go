package memstore

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// List implements [jobstore.Lister]. It yields the jobs as they were when it began.
func (s *Store[In, Out]) List(ctx context.Context, set jobstore.JobSet, o jobstore.ListOptions) iter.Seq2[jobstore.Listed, error] {
	return func(yield func(jobstore.Listed, error) bool) {
		after, err := driver.ValidateList(set, o)
		if err != nil {
			yield(jobstore.Listed{}, fail("list", "", err))
			return
		}
		for _, job := range s.list(set, o, after) {
			if err := ctx.Err(); err != nil {
				yield(jobstore.Listed{}, fail("list", "", err))
				return
			}
			if !yield(job, nil) {
				return
			}
		}
	}
}

func (s *Store[In, Out]) list(set jobstore.JobSet, opts jobstore.ListOptions, after *driver.Cursor) (jobs []jobstore.Listed) {
	order := func(a, b jobstore.Listed) int {
		o := cmp.Or(cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()), cmp.Compare(a.ID, b.ID))
		if opts.Newest {
			return -o
		}
		return o
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	first, last := driver.ListSpan(opts)
	for _, r := range s.jobs {
		st := s.state(r)
		job := st.Listed(r.id, driver.Excerpt(r.err, r.detail), s.opts.PickUp)
		at := job.At.UnixMilli()
		if st.Set() == set && st.Live(now) && first <= at && at <= last && driver.ListShows(opts, job.CreatedAt) {
			jobs = append(jobs, job)
		}
	}
	slices.SortFunc(jobs, order)
	if after == nil {
		return jobs
	}
	seen := jobstore.Listed{ID: after.ID, At: date(after.At)}
	n, found := slices.BinarySearchFunc(jobs, seen, order)
	if found {
		n++
	}
	return jobs[n:]
}
