package jobstore

import (
	"context"
	"errors"
	"fmt"
)

// Retrier is a [JobStore] whose failed jobs can be reopened.
type Retrier[In, Out any] interface {
	// Retry brings a job that has ended as Failed back to Pending, due at once, and
	// returns it as it is then. The attempt number stays, as the fences and the history
	// rest on it; MaxAttempts is raised so that as many attempts follow as the job had
	// at first. The owner is cleared, the error is kept until the next attempt ends,
	// and an expiry is put off: the job lives from now on for at least as long as it did
	// at first. Nothing but a sweep starts the job, which finds it at once.
	//
	// It fails with
	//
	//   - ErrNotFound
	//   - ErrFinished and the job, when it is complete or was canceled
	//   - ErrUnfinished and the job, when it has not ended, such as when it was
	//     reopened before
	Retry(ctx context.Context, id string) (*Job[In, Out], error)
}

// ErrUnfinished is why a job was not reopened that has not ended.
var ErrUnfinished = errors.New("the job has not ended")

// Retry reopens a job that has ended as [Failed], or that is held ([Hold]): an operator
// calls it when the cause is gone. [Sweep] starts the job. A job that was canceled stays
// so; create another.
//
// Retry fails with [errors.ErrUnsupported] when the store is not a [Retrier]. It panics
// when store is nil.
func Retry[In, Out any](ctx context.Context, store JobStore[In, Out], id string) (*Job[In, Out], error) {
	if store == nil {
		panic("jobstore: Retry: store is nil")
	}
	r, ok := As[Retrier[In, Out]](store)
	if !ok {
		return nil, &Error{Op: "retry", ID: id, Err: fmt.Errorf("%w by %T", errors.ErrUnsupported, store)}
	}
	return r.Retry(ctx, id)
}
