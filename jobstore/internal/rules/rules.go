// Package rules has what all stores decide alike.
package rules

import (
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Unleased is how long a processing record without a lease, as a handler that
// knows none writes it, counts as somebody's: the longest Lambda invocation.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const Unleased = 15 * time.Minute

// MaxItem is DynamoDB's limit for an item, in bytes.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MaxItem = 400 << 10

// Fits refuses a record over the limit.
func Fits(size, limit int, what string) error {
	if size <= limit {
		return nil
	}
	return fmt.Errorf("%w: %s would have %d bytes, the limit is %d; keep the data elsewhere, such as in S3, and its address in the job", jobstore.ErrTooLarge, what, size, limit)
}

// CreateOptions applies opts, and makes the ID that the caller has not given.
func CreateOptions(opts []func(*jobstore.CreateOptions)) (o jobstore.CreateOptions) {
	for _, opt := range opts {
		opt(&o)
	}
	if o.ID == "" {
		o.ID = jobstore.NewID()
	}
	return o
}

// Refusal is why a call fails that ended with cause, or nil, on a job that decoded
// with undecodable, or nil. It is an ErrDecode only without a cause: who has not
// claimed a job must not settle it, as Run does upon an ErrDecode.
func Refusal(cause, undecodable error) error {
	switch {
	case undecodable == nil:
		return cause
	case cause == nil:
		return fmt.Errorf("%w: %w", jobstore.ErrDecode, undecodable)
	}
	return fmt.Errorf("%w; its record does not decode: %w", cause, undecodable)
}

// Stranded reports whether a live job is to be found by a sweep.
func Stranded(job jobstore.Stranded, pendingBefore, leaseBefore time.Time) bool {
	return job.Status == jobstore.Pending && !job.Since.After(pendingBefore) ||
		job.Status == jobstore.Processing && !job.Since.After(leaseBefore)
}
