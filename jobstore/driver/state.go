package driver

import (
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Unleased is how long a processing record without a lease counts as held: the
// longest Lambda invocation. A handler that knows no leases writes such records.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const Unleased = 15 * time.Minute

// CanceledOwner is the owner of a canceled job. No claim may take it, so a refused
// write tells its worker of the cancellation.
const CanceledOwner = "canceled"

// State is what of a record decides whether a call is refused, and why. A store
// whose conditions are evaluated elsewhere, as DynamoDB does, makes one of the record
// that refused a write; a store in memory asks it before the write.
type State struct {
	Exists        bool // false when there is no record
	Status        jobstore.Status
	Attempt       int
	MaxAttempts   int                  // the record's, or the store's default
	OnLeaseExpiry jobstore.LeaseExpiry // likewise
	Owner         string               // token of the latest claim, or CanceledOwner
	LeaseUntil    time.Time            // zero when the record has none
	UpdatedAt     time.Time
	ExpiresAt     time.Time // zero is never
}

// Live is false when there is no record or its time to live has ended.
func (s State) Live(now time.Time) bool {
	return s.Exists && (s.ExpiresAt.IsZero() || s.ExpiresAt.After(now))
}

// Canceled is true of a job that was canceled.
func (s State) Canceled() bool { return s.Owner == CanceledOwner }

// LeaseEnd is when the claim of a processing job ends.
func (s State) LeaseEnd() time.Time {
	if s.LeaseUntil.IsZero() {
		return s.UpdatedAt.Add(Unleased)
	}
	return s.LeaseUntil
}

// HeldBy is true of a job that is processing under a claim with the token owner. A
// claim that finds its own token was written by an earlier try of the same call.
func (s State) HeldBy(owner string) bool {
	return s.Status == jobstore.Processing && s.Owner == owner
}

// RefuseClaim returns why the job may not be claimed with the token owner: ErrNotFound,
// ErrFinished or ErrLeased. After nil, ask HeldBy and then Abandoned.
func (s State) RefuseClaim(owner string, now time.Time) error {
	switch {
	case !s.Live(now):
		return jobstore.ErrNotFound
	case s.Status.Finished():
		return jobstore.ErrFinished
	case s.Status == jobstore.Processing && s.Owner != owner && s.LeaseEnd().After(now):
		return jobstore.ErrLeased
	}
	return nil
}

// Abandoned returns why a job without a holder may not be claimed again, or "". The
// claim that finds such a job settles it as [jobstore.Failed] with that error: its
// lease ran out and it is to be held, or it has no attempt left.
func (s State) Abandoned() string {
	switch {
	case s.Status == jobstore.Processing && s.OnLeaseExpiry != jobstore.RunAgain:
		return "held: the worker's lease ran out, and how far its work had come is not known"
	case s.Attempt < s.MaxAttempts:
		return ""
	case s.MaxAttempts == 1:
		return "the only attempt did not finish"
	}
	return "the last of " + strconv.Itoa(s.MaxAttempts) + " attempts did not finish"
}

// Holds is true when c is the claim that holds the job: it may report and settle.
func (s State) Holds(c jobstore.Claim) bool { return s.HeldBy(c.Owner) && s.Attempt == c.Attempt }

// SettledBy is true when c has brought the job to status: a settle that finds this
// was written by an earlier try of the same call.
func (s State) SettledBy(c jobstore.Claim, status jobstore.Status) bool {
	return s.Owner == c.Owner && s.Attempt == c.Attempt && s.Status == status
}

// LeaseLost is the error of a report or settle under a claim that does not hold the
// job: ErrCanceled or ErrLeaseLost.
func (s State) LeaseLost() error {
	if s.Canceled() {
		return jobstore.ErrCanceled
	}
	return jobstore.ErrLeaseLost
}

// RefuseCancel returns why the job may not be canceled: ErrNotFound or ErrFinished.
// It is nil for a job that is canceled already.
func (s State) RefuseCancel(now time.Time) error {
	switch {
	case !s.Live(now):
		return jobstore.ErrNotFound
	case s.Status.Finished() && !s.Canceled():
		return jobstore.ErrFinished
	}
	return nil
}

// Stuck returns since when an unfinished job has been waiting, and whether a sweep
// must find it. A pending job with a LeaseUntil has been waiting since then.
func (s State) Stuck(pendingBefore, leaseBefore, now time.Time) (since time.Time, stuck bool) {
	before := leaseBefore
	since = s.LeaseEnd()
	switch s.Status {
	case jobstore.Processing:
	case jobstore.Pending:
		before = pendingBefore
		if s.LeaseUntil.IsZero() {
			since = s.UpdatedAt
		}
	default:
		return time.Time{}, false
	}
	return since, !since.After(before) && s.Live(now)
}
