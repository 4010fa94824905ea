package driver

import (
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// DefaultMaxAttempts is the default of a store's MaxAttempts. With the default of
// [jobstore.RunOptions.Backoff], a job has at most five attempts within five minutes and
// eight within 19, whatever the jitter. So a dependency that is down for that long
// loses no job.
const DefaultMaxAttempts = 8

// MustOptions panics when one of the options that every store has is out of range.
// constructor names the store's in the panic, such as "memstore: New".
func MustOptions(constructor string, maxAttempts int, onLeaseExpiry jobstore.LeaseExpiry, pickUp time.Duration, now func() time.Time) {
	if maxAttempts < 1 {
		panic(fmt.Sprintf("%s: Options.MaxAttempts is %d, want at least 1", constructor, maxAttempts))
	}
	if maxAttempts > mostAttempts {
		panic(fmt.Sprintf("%s: Options.MaxAttempts is %d, want at most %d", constructor, maxAttempts, mostAttempts))
	}
	if validateLeaseExpiry(onLeaseExpiry) != nil || onLeaseExpiry == "" {
		panic(fmt.Sprintf("%s: Options.OnLeaseExpiry is %q, want %q or %q", constructor, string(onLeaseExpiry), jobstore.RunAgain, jobstore.Hold))
	}
	if pickUp < 0 {
		panic(fmt.Sprintf("%s: Options.PickUp is %v, want at least 0", constructor, pickUp))
	}
	if now == nil {
		panic(constructor + ": Options.Now is nil")
	}
}
