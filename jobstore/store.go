package jobstore

import (
	"context"
	"time"
)

// JobStore keeps jobs with inputs of type In and outputs of type Out.
//
// Implementations are safe for concurrent use. They return errors of type [*Error]
// that wrap this package's sentinels. They make every write safe to repeat: a
// conditional write that is refused because an earlier try of the same call took
// effect is a success. Package driver helps implementers, and the suite in
// jobstoretest checks them.
//
// What only some stores can do are optional interfaces, [Canceler] and [Sweeper]. A
// store that wraps another has a method Unwrap, see [As].
type JobStore[In, Out any] interface {
	// Create stores a pending job and returns it. It makes an ID when the
	// caller gives none. When a job with the ID exists, it returns that job and
	// ErrExists, and stores nothing. It fails with ErrTooLarge, before the
	// write, when the store cannot hold the record.
	Create(ctx context.Context, input In, opts ...func(*CreateOptions)) (*Job[In, Out], error)

	// Get returns the job as it is now (a consistent read), or ErrNotFound.
	Get(ctx context.Context, id string) (*Job[In, Out], error)

	// Claim makes the caller the only worker of a job that is pending, or
	// processing under a lease that has run out. It raises the attempt, stores
	// the lease and returns the job.
	//
	// It fails with ErrNotFound; with ErrFinished and the finished job; or with
	// ErrLeased and the job, whose LeaseUntil is the end of the other claim.
	//
	// A job without an attempt left, or one to be held (see [LeaseExpiry]), is
	// settled as Failed by the claim that finds it. The claim then fails with
	// ErrFinished.
	//
	// When the job was claimed but does not decode, Claim returns it with
	// ErrDecode, so that the caller can settle it.
	Claim(ctx context.Context, id string, lease Lease) (*Job[In, Out], error)

	// Report stores progress and extends the lease to leaseUntil. A nil progress
	// and a zero time keep what is stored. When c does not hold the job, Report
	// changes nothing and fails with ErrLeaseLost, or with ErrCanceled when the
	// job was canceled.
	Report(ctx context.Context, c Claim, p *Progress, leaseUntil time.Time) error

	// Settle ends the attempt. It fails like Report, and with ErrTooLarge,
	// before the write, when the store cannot hold the record with the output.
	Settle(ctx context.Context, c Claim, o Outcome[Out]) error
}

// CreateOptions are the optional properties of a new job.
type CreateOptions struct {
	// ID makes Create idempotent. Use the ID of a webhook delivery or a client's
	// idempotency key. Default is a new one, see [NewID].
	ID string

	// Metadata is stored with the job. Its values are of JSON's types.
	Metadata map[string]any

	// MaxAttempts is how many claims the job may have. Default is the store's.
	MaxAttempts int

	// OnLeaseExpiry says what happens when a worker's lease runs out. Default is
	// the store's.
	OnLeaseExpiry LeaseExpiry

	// ExpiresAt is when the record may be deleted, to the second. Zero keeps it.
	ExpiresAt time.Time
}
