package jobstore

import (
	"context"
	"time"
)

// Picker is a [JobStore] that can name a few jobs that wait for a worker. An invocation
// that has time left runs one of them (package jobtask's Worker). Find a wrapped store's
// with [As].
type Picker interface {
	// Pick returns the IDs of up to n pending jobs that are due, and for which no worker
	// has come since the given time. Workers that ask at once get different jobs where
	// there are enough, so the order is random. The price does not grow with the number
	// of jobs: Pick may miss some, and what it returns may be out of date. A claim
	// decides.
	Pick(ctx context.Context, since time.Time, n int) ([]string, error)
}
