package jobstore

import (
	"errors"
	"fmt"
	"time"
)

// What a store's refusal can be. All of them arrive wrapped in an [*Error];
// compare with [errors.Is].
var (
	ErrNotFound  = errors.New("no such job")
	ErrExists    = errors.New("the job exists already")
	ErrFinished  = errors.New("the job is finished")
	ErrLeased    = errors.New("another worker holds the job")
	ErrLeaseLost = errors.New("the lease was lost to another worker")
	ErrInvalid   = errors.New("invalid argument")
	ErrTooLarge  = errors.New("too large to store")
	ErrDecode    = errors.New("the stored job does not decode")
)

// Error says what a store was doing with which job when it failed.
type Error struct {
	Op  string // "create", "get", "claim", "report", "settle", "cancel" or "sweep"
	ID  string // the job's; empty where there is none
	Err error
}

func (e *Error) Error() string {
	return fmt.Sprintf("jobstore: %s job %s: %v", e.Op, shorten(e.ID), e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// shorten keeps an absurd ID from filling the log.
func shorten(id string) string {
	if len(id) <= 128 {
		return fmt.Sprintf("%q", id)
	}
	return fmt.Sprintf("%q… (%d bytes)", id[:64], len(id))
}

// Permanent marks err as one that another attempt cannot mend: [Run] then
// settles the job as [Failed] at once. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// RetryError is returned by [Run] when the trigger has to come again: the
// attempt failed and others remain, another worker holds the job, or the store
// did not answer.
type RetryError struct {
	ID    string
	After time.Time // not before; zero means any time
	Err   error
}

func (e *RetryError) Error() string {
	return fmt.Sprintf("jobstore: run job %s: try again: %v", shorten(e.ID), e.Err)
}

// Unwrap returns the cause.
func (e *RetryError) Unwrap() error { return e.Err }

// FinishedError is returned by [Run] when no further trigger can help: the job
// ended as [Failed], or there is no such job.
type FinishedError struct {
	ID  string
	Err error
}

func (e *FinishedError) Error() string {
	return fmt.Sprintf("jobstore: run job %s: finished for good: %v", shorten(e.ID), e.Err)
}

// Unwrap returns the cause.
func (e *FinishedError) Unwrap() error { return e.Err }

// Redeliver returns what a trigger that comes again upon any error, as Lambda
// does, should be told of an error of [Run]: nothing of a [*FinishedError], whose
// failure is on the job's record, and everything else unchanged.
func Redeliver(err error) error {
	var finished *FinishedError
	if errors.As(err, &finished) {
		return nil
	}
	return err
}

// PanicError is a handler's panic, as an error.
type PanicError struct {
	Value any    // what was passed to panic
	Stack []byte // of the goroutine that panicked
}

// Error shows the value only when it is an error: any other may hold what the input
// holds.
func (e *PanicError) Error() string {
	if err, ok := e.Value.(error); ok {
		return fmt.Sprintf("panic: %v", err)
	}
	return fmt.Sprintf("panic with a value of type %T", e.Value)
}

// Unwrap returns the value when it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
