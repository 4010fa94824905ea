package dynamostore

import (
	"context"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Rearm implements [jobstore.Rearmer]. It does not write updatedAt, by which a record of
// another program may tell when its claim ends. A copy of it does not touch a job that was
// created later under the same ID: a sweep looks at that later, too.
func (s *Store[In, Out]) Rearm(ctx context.Context, job jobstore.Stuck, at time.Time) (bool, error) {
	if err := s.checkKey(job.ID, driver.ValidateRearm(job, at)); err != nil {
		return false, s.fail("sweep", job.ID, err)
	}
	now := s.opts.Now()
	u := s.at(s.newUpdate(live, found), now).
		value(":status", str(string(job.Status))).value(":since", num(job.Since.UnixMilli())).
		assign("sweepAt", num(at.UnixMilli())).
		assign("handOvers", num(int64(job.HandOvers+1))).
		assign("handedOverAt", num(now.UnixMilli()))
	_, err := s.apply(ctx, job.ID, u)
	old, refused := met(err)
	switch {
	case refused: // an earlier try of the same call may have taken effect
		return s.state(old).Rearmed(job, at), nil
	case err != nil:
		return false, s.fail("sweep", job.ID, err)
	}
	return true, nil
}
