package jobstore

import (
	"errors"
	"fmt"
)

// These are the refusals that every store shares. Each names the field and
// wraps [ErrInvalid].

// ValidateID refuses an empty ID and one over [MaxIDBytes].
func ValidateID(id string) error {
	if id == "" {
		return invalid("id is empty")
	}
	if len(id) > MaxIDBytes {
		return invalid("id is %d bytes, the limit is %d", len(id), MaxIDBytes)
	}
	return nil
}

// Validate refuses a bad ID and a negative MaxAttempts.
func (o *CreateOptions) Validate() error {
	if o.MaxAttempts < 0 {
		return invalid("maxAttempts is %d, want at least 1, or 0 for the default", o.MaxAttempts)
	}
	return errors.Join(o.OnLeaseExpiry.Validate(), ValidateID(o.ID))
}

// Validate refuses a lease without an owner of its own or without an end.
func (l Lease) Validate() error {
	if l.Owner == "" {
		return invalid("owner is empty")
	}
	if l.Owner == CanceledOwner {
		return invalid("owner is %q, which marks a cancelled job", l.Owner)
	}
	if l.Until.IsZero() {
		return invalid("leaseUntil is not set")
	}
	return nil
}

// Validate refuses a percentage outside 0 to 100 and a message over
// [MaxMessageBytes]. A nil progress is valid.
func (p *Progress) Validate() error {
	if p != nil && (p.Percent < 0 || p.Percent > 100) {
		return invalid("progress is %d, want 0 to 100", p.Percent)
	}
	if p != nil && len(p.Message) > MaxMessageBytes {
		return invalid("progressMessage is %d bytes, the limit is %d", len(p.Message), MaxMessageBytes)
	}
	return nil
}

// Validate refuses a status that does not end an attempt, and bad progress.
func (o *Outcome[Out]) Validate() error {
	if !o.Status.Finished() && o.Status != Pending {
		return invalid("status is %q, want %q, %q or %q", o.Status, Complete, Failed, Pending)
	}
	return o.Progress.Validate()
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}
