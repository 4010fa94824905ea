package driver

import (
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// ValidateID refuses an empty ID and one over [jobstore.MaxIDBytes]. Get, Report,
// Settle and Cancel call it.
func ValidateID(id string) error {
	if id == "" {
		return invalid("id is empty")
	}
	if len(id) > jobstore.MaxIDBytes {
		return invalid("id is %d bytes, the limit is %d", len(id), jobstore.MaxIDBytes)
	}
	return nil
}

// ValidateClaim refuses a bad ID, and a lease without an end or without an owner of
// its own.
func ValidateClaim(id string, lease jobstore.Lease) error {
	if lease.Owner == "" {
		return invalid("owner is empty")
	}
	if ended(lease.Owner) {
		return invalid("owner is %q, which marks a claim that has ended", lease.Owner)
	}
	if lease.Until.IsZero() {
		return invalid("leaseUntil is not set")
	}
	return ValidateID(id)
}

// ValidateReport refuses a bad ID, a percentage outside 0 to 100 and a message over
// [jobstore.MaxMessageBytes]. A nil progress is valid.
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

// ValidateSettle refuses what ValidateReport refuses, and a status that does not end
// an attempt.
func ValidateSettle[Out any](c jobstore.Claim, o jobstore.Outcome[Out]) error {
	if !o.Status.Finished() && o.Status != jobstore.Pending {
		return invalid("status is %q, want %q, %q or %q", o.Status, jobstore.Complete, jobstore.Failed, jobstore.Pending)
	}
	return validateProgress(c, o.Progress)
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
