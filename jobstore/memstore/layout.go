package memstore

import "github.com/asyncpatterns/asyncpatterns/jobstore"

// Layout implements [jobstore.Layouter]: the names in the records of [Store.Changes].
func (s *Store[In, Out]) Layout() jobstore.Layout {
	return jobstore.DefaultLayout()
}
