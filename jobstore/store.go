package jobstore

import (
	"context"
	"time"
)

// JobStore keeps jobs with inputs of type In and outputs of type Out.
//
// Implementations are safe for concurrent use and return errors of type [*Error]
// that wrap this package's sentinels. Each call ends with its context. [Run] does not wait
// for one that does not: it goes on as after a lost answer, and a goroutine stays behind. Every write is safe to repeat: a conditional
// write that fails because the same call's own earlier try took effect is a success.
// A copy of a request that arrives late, whenever that is, changes nothing. A store
// returns the values that it took, and refuses those that it would not return. The
// suite in jobstoretest checks all of it, and package driver helps implementers.
//
// What only some stores can do are optional interfaces: [Canceler], [JobCanceler], [Retrier], [Lister],
// [CallerLister], [Notifier], [Sweeper], [Rearmer] and [Layouter]. A
// store that wraps another has a method Unwrap, see [As].
type JobStore[In, Out any] interface {
	// Create stores a pending job and returns it. Without an ID of the caller's it
	// makes one, see [NewID]. When a job with that ID exists, it returns that job
	// and ErrExists, and stores nothing. A job whose ExpiresAt has passed does not
	// exist: a change feed shows its removal and then an insertion.
	//
	// It fails with ErrInvalid or, over [MaxInputBytes], ErrTooLarge before the write.
	// A record that it takes has room to be claimed, reported and settled with any
	// error.
	Create(ctx context.Context, input In, opts ...func(*CreateOptions)) (*Job[In, Out], error)

	// Get returns the job as it is now (a consistent read). It fails with
	// ErrNotFound, and with ErrDecode and what can be read of the job when a value
	// does not decode. When the record is malformed that is an ErrInvalid too.
	Get(ctx context.Context, id string) (*Job[In, Out], error)

	// Claim makes the caller the one worker of a job that is pending and due, or
	// processing under a lease that has run out. It raises the attempt, stores the
	// lease and returns the job.
	//
	// It fails with
	//
	//   - ErrNotFound
	//   - ErrFinished and the finished job
	//   - ErrAbandoned and the job, after settling it as Failed: its lease ran out
	//     and it is to be held, see [LeaseExpiry], or it has no attempt left
	//   - ErrLeased and the job, whose LeaseUntil says when the other claim ends
	//   - ErrNotDue and the job, whose ClaimableFrom says when it is due
	//   - ErrInvalid when the record is malformed; the error names the attribute
	//   - ErrDecode and the job, which is claimed but whose values do not decode,
	//     so that the caller can settle it
	//
	// Any other error may have left the job claimed: repeating the call with the
	// same lease tells.
	Claim(ctx context.Context, id string, lease Lease) (*Job[In, Out], error)

	// Report stores a heartbeat. It fails with ErrLeaseLost, and changes nothing,
	// when c is not the claim that holds the job, and with ErrCanceled when that is
	// because of a [Canceler]. It fails with ErrTooLarge or ErrInvalid, before the
	// write, when the store cannot hold the partial output, and with
	// [errors.ErrUnsupported] when it keeps none. A record that holds one has room to be
	// reported, settled, canceled and claimed again.
	Report(ctx context.Context, c Claim, h Heartbeat) error

	// Settle ends the attempt. It fails like Report, and with ErrTooLarge or
	// ErrInvalid, before the write, when the store cannot hold the output. It
	// succeeds only if o is what is stored then.
	Settle(ctx context.Context, c Claim, o Outcome[Out]) error
}

// CreateOptions are the optional properties of a new job.
type CreateOptions struct {
	// ID makes Create idempotent. Use the key of a webhook delivery
	// (webhook.Delivery.Key) or a client's idempotency key. Default is a new one, see [NewID].
	ID string

	// Redelivered says that the job may well exist, as after a sender's retry. The
	// store then looks for it first: a create that finds a job costs a write of that
	// whole record, and a read costs an eighth or less. Set it always where others
	// decide how often a delivery comes, as at a webhook: a first one costs a read more.
	Redelivered bool

	// Metadata is stored with the job. Its values are of JSON's types.
	Metadata map[string]any

	// Caller is who creates the job, such as the subject of a verified token. It never
	// changes. A create that finds a job of another caller returns it too, so compare the
	// Caller of a job that comes with ErrExists. Default is none.
	Caller string

	// MaxAttempts is how many claims the job may have. Default is the store's. A
	// claim counts even when its worker dies before the handler starts,
	// so with 1 the handler may never run. A million is the most.
	MaxAttempts int

	// StartAt is when the job is due. No claim succeeds earlier, and a sweep starts the
	// job then: the trigger of its creation does not wait for it. Zero and the past
	// are at once.
	StartAt time.Time

	// OnLeaseExpiry says what happens when a worker's lease runs out. Default is
	// the store's.
	OnLeaseExpiry LeaseExpiry

	// ExpiresAt is when the job expires, to the second, whatever its status: it is then not
	// found, and its record may be deleted. A wait that would not end before that ends the
	// job as [Failed]. Default is the end of the Retention.
	ExpiresAt time.Time

	// Retention is how long the job is kept from its creation, or from its StartAt when that
	// is later. It takes the place of ExpiresAt, and is at least a minute. With
	// [KeepForever] the job does not expire. Default is the store's: 90 days, if its Options do
	// not say otherwise. Give more to a job that works or waits for longer.
	Retention time.Duration
}
