package appsyncstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Stuck implements [jobstore.Sweeper] with the model's list query, which scans the
// table.
func (s *Store[In, Out]) Stuck(ctx context.Context, now time.Time) iter.Seq2[jobstore.Stuck, error] {
	return func(yield func(jobstore.Stuck, error) bool) {
		var unnamed error
		for r, err := range s.unfinished(ctx) {
			if err != nil {
				yield(jobstore.Stuck{}, s.fail("sweep", "", err))
				return
			}
			if r != nil && r.str(s.opts.Fields.ID) == "" {
				unnamed = s.opts.unnamed()
				continue
			}
			st := s.state(r)
			stuck := st.Found(r.str(s.opts.Fields.ID), s.opts.PickUp)
			if st.Stuck(s.opts.PickUp, now) && !yield(stuck, nil) {
				return
			}
		}
		if unnamed != nil {
			yield(jobstore.Stuck{}, s.fail("sweep", "", unnamed))
		}
	}
}

// unfinished yields pending and processing records, page by page. The error of records
// that cannot be read comes last, after all others.
func (s *Store[In, Out]) unfinished(ctx context.Context) iter.Seq2[record, error] {
	f := s.opts.Fields
	return func(yield func(record, error) bool) {
		variables := map[string]any{"filter": or(eq(f.Status, jobstore.Pending), eq(f.Status, jobstore.Processing)).stored(&s.opts)}
		var unread error
		for {
			items, next, err := s.page(ctx, variables)
			for _, r := range items {
				if !yield(r, nil) {
					return
				}
			}
			if partial(err) && items != nil {
				unread, err = cmp.Or(unread, err), nil
			}
			if err != nil || next == nil {
				if err = cmp.Or(err, unread); err != nil {
					yield(nil, err)
				}
				return
			}
			variables["nextToken"] = next
		}
	}
}

// page returns records of the model's list, some of them nil when the error is
// partial, and the token of the next page, nil for none.
func (s *Store[In, Out]) page(ctx context.Context, variables map[string]any) (items []record, next json.RawMessage, err error) {
	page, err := s.client.send(ctx, s.do.list, variables)
	if json.Unmarshal(page["items"], &items) != nil && err == nil {
		err = fmt.Errorf("%s: the page has no items", s.do.list.root)
	}
	for i, r := range items {
		items[i] = s.incoming(r)
	}
	if page.has("nextToken") {
		next = page["nextToken"]
	}
	return items, next, err
}
