package jobstore

import (
	"context"
	"time"
)

// JobStore keeps jobs with inputs of type In and outputs of type Out.
//
// Implementations are safe for concurrent use, return errors of type [*Error]
// that wrap this package's sentinels, and make every write safe to repeat: a
// conditional write that fails because the same call's own earlier try took
// effect is a success. The suite in jobstoretest checks all of it.
type JobStore[In, Out any] interface {
	// Create stores a pending job and returns it. Without an ID of the
	// caller's it makes one, see [NewID]. When a job with that ID exists, it
	// returns that job and ErrExists, and stores nothing. It fails with
	// ErrTooLarge, before the write, when the store cannot hold the record.
	Create(ctx context.Context, input In, opts ...func(*CreateOptions)) (*Job[In, Out], error)

	// Get returns the job as it is now (a consistent read), or ErrNotFound.
	Get(ctx context.Context, id string) (*Job[In, Out], error)

	// Claim makes the caller the one worker of a job that is pending, or
	// processing under a lease that has run out. It raises the attempt, stores
	// the lease and returns the job.
	//
	// It fails with ErrNotFound; with ErrFinished and the finished job; or with
	// ErrLeased and the job, whose LeaseUntil is the end of the other claim. A
	// job that is to be held, see [LeaseExpiry], or has no attempt left is
	// settled as Failed by the claim that finds it, which then fails with
	// ErrFinished. A job that was claimed but
	// whose stored form does not decode is returned with ErrDecode, so that
	// the caller can settle it.
	Claim(ctx context.Context, id string, lease Lease) (*Job[In, Out], error)

	// Report stores progress and extends the lease to leaseUntil; a nil
	// progress and a zero time each leave what is stored. It fails with
	// ErrLeaseLost, and changes nothing, when c is not the claim that holds
	// the job, and with ErrCanceled when that is because of a [Canceler].
	Report(ctx context.Context, c Claim, p *Progress, leaseUntil time.Time) error

	// Settle ends the attempt. It fails like Report, and with ErrTooLarge,
	// before the write, when the store cannot hold the record with the output.
	Settle(ctx context.Context, c Claim, o Outcome[Out]) error
}

// CreateOptions are the optional properties of a new job.
type CreateOptions struct {
	// ID makes Create idempotent: the ID of a webhook delivery, a client's
	// idempotency key. Empty asks the store for a new one.
	ID string

	// Metadata travels with the job unchanged. Its values are JSON's.
	Metadata map[string]any

	// MaxAttempts is how many claims the job may have; 0 means the store's
	// default.
	MaxAttempts int

	// OnLeaseExpiry says what happens when a worker's lease runs out; empty
	// means the store's default.
	OnLeaseExpiry LeaseExpiry

	// ExpiresAt is when the record may be deleted, to the second. Zero keeps it.
	ExpiresAt time.Time
}
