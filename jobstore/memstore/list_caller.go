package memstore

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// ListByCaller implements [jobstore.CallerLister]. It yields the jobs as they were when it
// began.
func (s *Store[In, Out]) ListByCaller(ctx context.Context, caller string, o jobstore.CallerListOptions) iter.Seq2[jobstore.CallerJob, error] {
	return func(yield func(jobstore.CallerJob, error) bool) {
		after, err := driver.ParseCursor(o.After)
		if err := cmp.Or(driver.ValidateCaller(caller), err); err != nil {
			yield(jobstore.CallerJob{}, fail("list", "", err))
			return
		}
		for _, place := range s.created(caller, after) {
			if err := ctx.Err(); err != nil {
				yield(jobstore.CallerJob{}, fail("list", "", err))
				return
			}
			if !yield(jobstore.CallerJob{ID: place.ID, CreatedAt: date(place.At), Cursor: place.String()}, nil) {
				return
			}
		}
	}
}

// created are the caller's jobs behind a place, newest first.
func (s *Store[In, Out]) created(caller string, after *driver.Cursor) (places []driver.Cursor) {
	newest := func(a, b driver.Cursor) int {
		return -cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	for _, r := range s.jobs {
		place := driver.Cursor{At: r.createdAt, ID: r.id}
		if r.caller == caller && s.state(r).Live(now) && (after == nil || newest(*after, place) < 0) {
			places = append(places, place)
		}
	}
	slices.SortFunc(places, newest)
	return places
}
