package appsyncstore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Stranded implements [jobstore.Sweeper] by the model's list query, which scans the
// table.
func (s *Store[In, Out]) Stranded(ctx context.Context, pendingBefore, leaseBefore time.Time) iter.Seq2[jobstore.Stranded, error] {
	return func(yield func(jobstore.Stranded, error) bool) {
		for r, err := range s.unfinished(ctx) {
			if err != nil {
				yield(jobstore.Stranded{}, s.fail("sweep", "", err))
				return
			}
			job := s.stranded(r)
			late := job.Status == jobstore.Pending && !job.Since.After(pendingBefore) ||
				job.Status == jobstore.Processing && !job.Since.After(leaseBefore)
			if late && s.live(r) && !yield(job, nil) {
				return
			}
		}
	}
}

func (s *Store[In, Out]) stranded(r record) jobstore.Stranded {
	job := jobstore.Stranded{ID: r.str(s.opts.Fields.ID), Status: s.status(r), Since: s.leaseEnd(r)}
	if job.Status == jobstore.Pending {
		job.Since = r.date(s.opts.Fields.UpdatedAt)
	}
	return job
}

// unfinished yields pending and processing records, a page at a time.
func (s *Store[In, Out]) unfinished(ctx context.Context) iter.Seq2[record, error] {
	f := s.opts.Fields
	variables := map[string]any{"filter": or(eq(f.Status, jobstore.Pending), eq(f.Status, jobstore.Processing))}
	return func(yield func(record, error) bool) {
		for {
			page, err := s.client.send(ctx, s.do.list.root, s.do.list.document, variables)
			var items []record
			if err == nil && json.Unmarshal(page["items"], &items) != nil {
				err = fmt.Errorf("%s: the page has no items", s.do.list.root)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range items {
				if !yield(r, nil) {
					return
				}
			}
			if !page.has("nextToken") {
				return
			}
			variables["nextToken"] = page["nextToken"]
		}
	}
}
