package driver

import (
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// ValidateID refuses an empty ID, one over [jobstore.MaxIDBytes] and one that is not
// UTF-8. Get calls it.
func ValidateID(id string) error {
	if id == "" {
		return invalid("id is empty")
	}
	return validateText("id", id, jobstore.MaxIDBytes)
}

// ValidateCaller refuses an empty caller and what Create refuses as one.
func ValidateCaller(caller string) error {
	if caller == "" {
		return invalid("caller is empty")
	}
	return validateText("caller", caller, jobstore.MaxIDBytes)
}

// ValidateClaim refuses a bad ID, and a lease without an end or without an owner of
// its own.
func ValidateClaim(id string, lease jobstore.Lease) error {
	if lease.Owner == "" {
		return invalid("owner is empty")
	}
	if err := validateText("owner", lease.Owner, MaxOwnerBytes); err != nil {
		return err
	}
	if ended(lease.Owner) {
		return invalid("owner marks a claim that has ended")
	}
	if lease.Until.IsZero() {
		return invalid("leaseUntil is not set")
	}
	return ValidateID(id)
}

// ValidateReport refuses a bad ID, a number below 1, a percentage outside 0 to 100 and
// a message over [jobstore.MaxMessageBytes]. A nil progress is valid.
func ValidateReport(c jobstore.Claim, h jobstore.Heartbeat) error {
	if h.Seq < 1 {
		return invalid("seq is %d, want at least 1", h.Seq)
	}
	return validateProgress(c, h.Progress)
}

func validateProgress(c jobstore.Claim, p *jobstore.Progress) error {
	if p != nil {
		if reason := rules.Progress(p.Percent, p.Message, jobstore.MaxMessageBytes); reason != "" {
			return invalid("%s", reason)
		}
	}
	return ValidateID(c.ID)
}

// ValidateSettle refuses a bad ID, bad progress, a status that does not end an
// attempt, a due time after the year 9999, and a text over [jobstore.MaxMessageBytes].
func ValidateSettle[Out any](c jobstore.Claim, o jobstore.Outcome[Out]) error {
	if !o.Status.Finished() && o.Status != jobstore.Pending {
		return invalid("status is %q, want %q, %q or %q", o.Status, jobstore.Complete, jobstore.Failed, jobstore.Pending)
	}
	if !o.ClaimableFrom.Before(lastDate) {
		return invalid("claimableFrom is after the year 9999")
	}
	if err := validateText("error", o.Error, jobstore.MaxMessageBytes); err != nil {
		return err
	}
	if err := validateText("errorDetail", o.Detail, jobstore.MaxMessageBytes); err != nil {
		return err
	}
	return validateProgress(c, o.Progress)
}

// ValidateRearm refuses a bad ID, a job that is not unfinished, and the time at which it was
// found, to the millisecond.
func ValidateRearm(found jobstore.Stuck, at time.Time) error {
	if !found.Status.Valid() || found.Status.Finished() {
		return invalid("status is %q, want %q or %q", found.Status, jobstore.Pending, jobstore.Processing)
	}
	if at.UnixMilli() == found.Since.UnixMilli() {
		return invalid("sweepAt would not change")
	}
	return ValidateID(found.ID)
}

// ValidateCancel refuses a bad ID and a reason over [jobstore.MaxMessageBytes].
func ValidateCancel(id, reason string) error {
	if err := validateText("reason", reason, jobstore.MaxMessageBytes); err != nil {
		return err
	}
	return ValidateID(id)
}

func validateText(field, s string, limit int) error {
	if reason := rules.Text(field, s, limit); reason != "" {
		return invalid("%s", reason)
	}
	return nil
}

func validateLeaseExpiry(l jobstore.LeaseExpiry) error {
	if l != "" && l != jobstore.RunAgain && l != jobstore.Hold {
		return invalid("onLeaseExpiry is %q, want %q or %q", string(l), jobstore.RunAgain, jobstore.Hold)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", jobstore.ErrInvalid, fmt.Sprintf(format, args...))
}
