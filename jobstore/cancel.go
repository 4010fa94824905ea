package jobstore

import (
	"context"
	"errors"
	"fmt"
)

// Canceler is a [JobStore] whose jobs can be canceled.
type Canceler[In, Out any] interface {
	// Cancel settles an unfinished job as Failed with the reason and takes it
	// from its worker: every later write under the claim fails with
	// ErrCanceled, which is an ErrLeaseLost too. It returns the job as it is
	// then. A finished job is returned with ErrFinished, unless an earlier
	// Cancel finished it: repeating that is a success. ErrNotFound says that the job
	// does not exist.
	Cancel(ctx context.Context, id, reason string) (*Job[In, Out], error)
}

// JobCanceler is a [Canceler] that tells a job from a successor: another one that has its ID
// after it expired or was deleted.
type JobCanceler[In, Out any] interface {
	Canceler[In, Out]

	// CancelJob is Cancel of job, as it was read once. If the job with its ID
	// has another CreatedAt or Caller, it fails with ErrNotFound and changes nothing.
	CancelJob(ctx context.Context, job *Job[In, Out], reason string) (*Job[In, Out], error)
}

// ErrCanceled is why a worker lost the lease of a job that was canceled.
var ErrCanceled = fmt.Errorf("the job was canceled: %w", ErrLeaseLost)

// Cancel ends an unfinished job as [Failed] with the reason. A worker learns of it from
// its next report or lease renewal, which ends the handler's context with the cause
// [ErrCanceled]. A handler that reports nothing runs on until the next renewal, for a third
// of [RunOptions.Lease] or longer for a large record, or until its invocation ends where
// that is sooner than the lease.
//
// Cancel fails with [errors.ErrUnsupported] when the store is not a [Canceler]. It panics
// when store is nil.
func Cancel[In, Out any](ctx context.Context, store JobStore[In, Out], id, reason string) (*Job[In, Out], error) {
	if store == nil {
		panic("jobstore: Cancel: store is nil")
	}
	c, ok := As[Canceler[In, Out]](store)
	if !ok {
		return nil, &Error{Op: "cancel", ID: id, Err: fmt.Errorf("%w by %T", errors.ErrUnsupported, store)}
	}
	return c.Cancel(ctx, id, reason)
}

// CancelJob is [Cancel] of a job that was read and may be canceled, such as by who asks for
// it. If a successor has its ID by now, it fails with [ErrNotFound] and changes nothing. With a
// store whose [Canceler] is not a [JobCanceler], it may cancel the successor, as Cancel does.
// It panics when store or job is nil.
func CancelJob[In, Out any](ctx context.Context, store JobStore[In, Out], job *Job[In, Out], reason string) (*Job[In, Out], error) {
	switch {
	case store == nil:
		panic("jobstore: CancelJob: store is nil")
	case job == nil:
		panic("jobstore: CancelJob: job is nil")
	}
	c, _ := As[Canceler[In, Out]](store) // a wrapper's Cancel is not left out
	if c, ok := c.(JobCanceler[In, Out]); ok {
		return c.CancelJob(ctx, job, reason)
	}
	return Cancel(ctx, store, job.ID, reason)
}
