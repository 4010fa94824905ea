package driver

import (
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// CreateOptions applies opts, makes the ID that the caller has not given, fills in
// the store's default of MaxAttempts and refuses what is invalid. Its error comes
// with the options, for their ID.
func CreateOptions(opts []func(*jobstore.CreateOptions), maxAttempts int) (o jobstore.CreateOptions, err error) {
	for _, opt := range opts {
		opt(&o)
	}
	if o.ID == "" {
		o.ID = jobstore.NewID()
	}
	if o.MaxAttempts < 0 {
		return o, invalid("maxAttempts is %d, want at least 1, or 0 for the default", o.MaxAttempts)
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = maxAttempts
	}
	if err := validateLeaseExpiry(o.OnLeaseExpiry); err != nil {
		return o, err
	}
	return o, ValidateID(o.ID)
}
