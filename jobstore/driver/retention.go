package driver

import (
	"cmp"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// DefaultRetention is the default of a store's Retention. It is long because users find
// their finished jobs in the store, and short enough that no table grows forever. A
// job of 2 KB costs less than two millionths of a dollar in that time.
const DefaultRetention = 90 * 24 * time.Hour

// leastRetention is longer than what the clocks of two machines differ by. A shorter one is
// a number without its unit.
const leastRetention = time.Minute

// CheckRetention returns an error when the Retention of a store's Options is less than a
// minute. constructor names the store's in the error, such as "dynamostore: New". [MustOptions]
// does not panic for it, since a retention is often read from the environment.
func CheckRetention(constructor string, d time.Duration) error {
	if d < leastRetention {
		return fmt.Errorf("%s: Options.Retention is %v, want at least %v, or jobstore.KeepForever", constructor, d, leastRetention)
	}
	return nil
}

// expire gives a job whose creator has set no expiry the one of its retention.
func expire(o *jobstore.CreateOptions, retention time.Duration, now time.Time) error {
	switch {
	case o.Retention != 0 && o.Retention < leastRetention:
		return invalid("retention is %v, want at least %v, or jobstore.KeepForever", o.Retention, leastRetention)
	case o.Retention != 0 && !o.ExpiresAt.IsZero():
		return invalid("retention and expiresAt are both set")
	case o.ExpiresAt.IsZero():
		o.Retention = cmp.Or(o.Retention, retention)
		o.ExpiresAt = expiry(o.Retention, o.StartAt, now)
	}
	return nil
}

// expiry is the end of a retention that begins now, or with a later start. It is zero for
// one after the year 9999, as for KeepForever.
func expiry(retention time.Duration, start, now time.Time) time.Time {
	if start.After(now) {
		now = start
	}
	if end := now.Add(retention); retention != jobstore.KeepForever && end.Before(lastDate) {
		return end
	}
	return time.Time{}
}
