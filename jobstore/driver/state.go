package driver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Unleased is how long a processing record without a lease counts as held: the
// longest Lambda invocation. A handler that knows no leases writes such records.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const Unleased = 15 * time.Minute

// DefaultPickUp is the default of a store's PickUp: how long after it was due a
// pending job counts as stuck. It is longer than a trigger ever takes.
const DefaultPickUp = 15 * time.Minute

// State is what of a record decides whether a call is refused, and why. A store
// whose conditions are evaluated elsewhere, as DynamoDB does, makes one of the record
// that refused a write; a store in memory asks it before the write.
type State struct {
	Exists        bool  // false when there is no record, or one of something else
	Malformed     error // names an attribute of the wrong type; see [Malformed]
	Status        jobstore.Status
	Attempt       int
	MaxAttempts   int                  // the record's, or the store's default
	OnLeaseExpiry jobstore.LeaseExpiry // likewise
	Token         string               `json:"-"` // of the latest claim, or what came of it: see [Holder]
	Canceled      bool
	Reports       int       // Seq of the latest heartbeat under the claim
	ClaimableFrom time.Time // of a processing job, the end of its lease; zero when the record has none
	SweepAt       time.Time // when a sweep looks at it; zero when the record does not say
	HandOvers     int       // by sweeps, since the latest claim
	HandedOverAt  time.Time // by the last sweep that started it; zero if none did
	Uncounted     int       // claims that did not count
	CreatedAt     time.Time // zero when the record does not say
	Caller        string
	UpdatedAt     time.Time
	ExpiresAt     time.Time // zero is never
}

// Malformed is the error of a record whose attribute has another type than a job's.
// got describes the type, and never holds the value.
func Malformed(attribute, want, got string) error {
	return fmt.Errorf("%w: the record's %s is %s, want %s", jobstore.ErrInvalid, attribute, got, want)
}

// Refusal is the error of a call that found a job. cause is why the job refused the
// call, or nil; undecodable is why the stored job does not decode, or nil. The result
// is an ErrDecode only without a cause: [jobstore.Run] settles a job upon ErrDecode,
// and only the worker that claimed it may do so.
func Refusal(cause, undecodable error) error {
	switch {
	case undecodable == nil:
		return cause
	case cause == nil:
		return fmt.Errorf("%w: %w", jobstore.ErrDecode, undecodable)
	}
	return fmt.Errorf("%w; its record does not decode: %w", cause, undecodable)
}

// errLateClaim is the error of a copy of a claim that has ended. No caller waits for it.
var errLateClaim = errors.New("this claim has ended")

// Live is false when there is no record or its time to live has ended.
func (s State) Live(now time.Time) bool {
	return s.Exists && (s.ExpiresAt.IsZero() || s.ExpiresAt.After(now))
}

// LeaseEnd is when the claim of a processing job ends.
func (s State) LeaseEnd() time.Time {
	if s.ClaimableFrom.IsZero() {
		return s.UpdatedAt.Add(Unleased)
	}
	return s.ClaimableFrom
}

// HeldBy is true of a job that is processing under a claim with the token. A claim
// that finds its own token was written by an earlier try of the same call.
func (s State) HeldBy(token string) bool {
	return s.Status == jobstore.Processing && s.Token == token
}

// abandonedBy is true of a job that the claim with the token has settled: the claim
// is an earlier try of the same call.
func (s State) abandonedBy(token string) bool {
	return s.Status == jobstore.Failed && token != "" && strings.HasSuffix(s.Token, abandoned+token)
}

// RefuseClaim returns why the job may not be claimed with the token: ErrNotFound,
// ErrInvalid, ErrFinished, ErrAbandoned, ErrLeased or ErrNotDue. After nil, ask HeldBy
// and then Abandoned.
func (s State) RefuseClaim(token string, now time.Time) error {
	switch {
	case s.Malformed != nil:
		return s.Malformed
	case !s.Live(now):
		return jobstore.ErrNotFound
	case s.abandonedBy(token):
		return jobstore.ErrAbandoned
	case s.Status.Finished():
		return jobstore.ErrFinished
	case s.HeldBy(token):
		return nil
	case s.Token == Settled(token):
		return errLateClaim
	case s.Status == jobstore.Processing && s.LeaseEnd().After(now):
		return jobstore.ErrLeased
	case s.Status == jobstore.Pending && s.ClaimableFrom.After(now):
		return jobstore.ErrNotDue
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

// Reported is true when c holds the job and has reported seq or later: a report that
// finds this is an earlier try of the same call, or a copy that arrives late.
func (s State) Reported(c jobstore.Claim, seq int) bool { return s.Holds(c) && s.Reports >= seq }

// SettledBy is true when c has brought the job to status: a settle that finds this
// was written by an earlier try of the same call.
func (s State) SettledBy(c jobstore.Claim, status jobstore.Status) bool {
	return s.Token == Settled(c.Owner) && s.Attempt == c.Attempt && s.Status == status
}

// LeaseLost is the error of a report or settle under a claim that does not hold the
// job: ErrCanceled or ErrLeaseLost.
func (s State) LeaseLost() error {
	if s.Canceled {
		return jobstore.ErrCanceled
	}
	return jobstore.ErrLeaseLost
}

// RefuseCancel returns why the job may not be canceled: ErrNotFound, ErrInvalid or
// ErrFinished. It is nil for a job that is canceled already.
func (s State) RefuseCancel(now time.Time) error {
	switch {
	case s.Malformed != nil:
		return s.Malformed
	case !s.Live(now):
		return jobstore.ErrNotFound
	case s.Status.Finished() && !s.Canceled:
		return jobstore.ErrFinished
	}
	return nil
}

// RefuseCancelOf is RefuseCancel of the job that was created then by the caller. It is
// ErrNotFound of another job that has its ID.
func (s State) RefuseCancelOf(createdAt time.Time, caller string, now time.Time) error {
	if s.Malformed == nil && (!s.CreatedAt.Equal(createdAt) || s.Caller != caller) {
		return jobstore.ErrNotFound
	}
	return s.RefuseCancel(now)
}
