package appsyncstore

import (
	"fmt"
	"math"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// retain checks the Retention. A model without a field for the expiry keeps all jobs.
func (o *Options) retain() error {
	if err := driver.CheckRetention("appsyncstore: New", o.Retention); err != nil || !virtual(o.Fields.ExpiresAt) {
		return err
	}
	if o.Retention != driver.DefaultRetention && o.Retention != jobstore.KeepForever {
		return fmt.Errorf("appsyncstore: New: Options.Retention is %v, and Options.Fields.ExpiresAt is not set", o.Retention)
	}
	o.Retention = jobstore.KeepForever
	return nil
}

// lastTimestamp is the last second of a GraphQL Int.
var lastTimestamp = time.Unix(math.MaxInt32, 0)

// expiry is when a job expires, or zero. The API may refuse a later time than
// lastTimestamp, so a job whose retention ends after it is kept forever.
func expiry(o jobstore.CreateOptions) time.Time {
	if o.Retention != 0 && o.ExpiresAt.After(lastTimestamp) {
		return time.Time{}
	}
	return o.ExpiresAt
}
