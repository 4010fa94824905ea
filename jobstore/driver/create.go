package driver

import (
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// mostAttempts leaves room to raise a job's attempts.
const mostAttempts = 1_000_000

// CreateOptions applies opts, makes the ID that the caller has not given, fills in
// the store's defaults and refuses what is invalid, as of now. Its error comes with the
// options, for their ID.
//
// A store keeps the ExpiresAt that it returns. That is the creator's, or the end of the
// creator's Retention or of the given one, and zero for a job that is kept forever. Its
// Retention is then the one that was used, and 0 if the creator has set ExpiresAt.
func CreateOptions(opts []func(*jobstore.CreateOptions), maxAttempts int, retention time.Duration, now time.Time) (o jobstore.CreateOptions, err error) {
	option.Apply("jobstore: Create", &o, opts)
	if o.ID == "" {
		o.ID = jobstore.NewID()
	}
	if o.MaxAttempts < 0 || o.MaxAttempts > mostAttempts {
		return o, invalid("maxAttempts is %d, want 1 to %d, or 0 for the default", o.MaxAttempts, mostAttempts)
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = maxAttempts
	}
	if err := validateLeaseExpiry(o.OnLeaseExpiry); err != nil {
		return o, err
	}
	if err := validateExpiry(o.ExpiresAt, now); err != nil {
		return o, err
	}
	if err := validateStart(&o); err != nil {
		return o, err
	}
	if err := expire(&o, retention, now); err != nil {
		return o, err
	}
	if err := validateText("caller", o.Caller, jobstore.MaxIDBytes); err != nil {
		return o, err
	}
	return o, ValidateID(o.ID)
}

// validateExpiry refuses what would expire at once. It is stored to the second.
func validateExpiry(at, now time.Time) error {
	switch {
	case at.IsZero():
		return nil
	case !time.Unix(at.Unix(), 0).After(now):
		return invalid("expiresAt is in the past")
	case !at.Before(lastDate):
		return invalid("expiresAt is after the year 9999")
	}
	return nil
}

// validateStart refuses a start that the job does not live to see.
func validateStart(o *jobstore.CreateOptions) error {
	switch {
	case !o.StartAt.Before(lastDate):
		return invalid("startAt is after the year 9999")
	case !o.ExpiresAt.IsZero() && !o.StartAt.Before(o.ExpiresAt):
		return invalid("startAt is not before expiresAt")
	}
	return nil
}
