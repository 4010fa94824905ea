package driver

import (
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// LookAt is when a sweep must look at an unfinished job. For a record that does not say,
// it is the end of the lease, the time from which a job waits to be claimed, or the time
// pickUp after another pending job was written.
func (s State) LookAt(pickUp time.Duration) time.Time {
	switch {
	case !s.SweepAt.IsZero():
		return s.SweepAt
	case s.Status == jobstore.Processing:
		return s.LeaseEnd()
	case s.ClaimableFrom.After(s.UpdatedAt):
		return s.ClaimableFrom
	}
	return s.UpdatedAt.Add(pickUp)
}

// Stuck reports whether a sweep must find the job.
func (s State) Stuck(pickUp time.Duration, now time.Time) bool {
	unfinished := s.Status == jobstore.Processing || s.Status == jobstore.Pending
	return unfinished && s.Live(now) && !s.LookAt(pickUp).After(now)
}

// Picked reports whether the job is pending and due, and no worker has come for it since
// the given time. A sweep starts only what has waited for longer.
func (s State) Picked(since, now time.Time, pickUp time.Duration) bool {
	waits := s.Status == jobstore.Pending && s.Live(now) && !s.ClaimableFrom.After(now)
	return waits && (s.HandOvers > 0 || !s.LookAt(pickUp).After(since.Add(pickUp)))
}

// Found is what a sweep yields of a stuck job.
func (s State) Found(id string, pickUp time.Duration) jobstore.Stuck {
	at := s.LookAt(pickUp)
	waited := s.Status == jobstore.Pending && s.HandOvers == 0 && s.ClaimableFrom.UnixMilli() == at.UnixMilli()
	return jobstore.Stuck{ID: id, Status: s.Status, Since: at, HandOvers: s.HandOvers, Waited: waited}
}

// Rearms reports whether the job is as it was found, so that it may be re-armed: no claim
// and no other sweep was there since.
func (s State) Rearms(found jobstore.Stuck, pickUp time.Duration, now time.Time) bool {
	return s.Malformed == nil && s.Live(now) && s.Status == found.Status && s.LookAt(pickUp).UnixMilli() == found.Since.UnixMilli()
}

// Rearmed is true of a job that was re-armed so: by an earlier try of the same call.
func (s State) Rearmed(found jobstore.Stuck, at time.Time) bool {
	return s.Status == found.Status && s.SweepAt.UnixMilli() == at.UnixMilli() && s.HandOvers == found.HandOvers+1
}
