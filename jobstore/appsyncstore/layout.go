package appsyncstore

import "github.com/asyncpatterns/asyncpatterns/jobstore"

// Layout implements [jobstore.Layouter]: the names of the fields in the model's table. Those
// that the model does not have are empty.
func (s *Store[In, Out]) Layout() jobstore.Layout {
	f := s.opts.Fields
	l := jobstore.Layout{
		ID: f.ID, Partition: f.Partition, Status: f.Status, ClaimableFrom: f.ClaimableFrom,
		Output: f.Output, Error: f.Error, Canceled: f.Canceled, Progress: f.Progress, ProgressMessage: f.ProgressMessage, Caller: f.Caller,
		Attempt: f.Attempt, Reports: f.Reports, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, ExpiresAt: f.ExpiresAt,
	}
	l.JSON = true
	for _, name := range []*string{
		&l.Partition, &l.ClaimableFrom, &l.Canceled, &l.Progress, &l.ProgressMessage, &l.Caller,
		&l.Attempt, &l.Reports, &l.CreatedAt, &l.UpdatedAt, &l.ExpiresAt,
	} {
		if virtual(*name) {
			*name = ""
		}
	}
	o := s.opts.Statuses
	l.Pending, l.Processing, l.Complete, l.Failed = o[jobstore.Pending], o[jobstore.Processing], o[jobstore.Complete], o[jobstore.Failed]
	return l
}
