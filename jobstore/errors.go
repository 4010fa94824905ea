package jobstore

import (
	"errors"
	"fmt"
	"time"
)

// These are the refusals of a store. They arrive wrapped in an [*Error]; compare
// with [errors.Is].
var (
	ErrNotFound  = errors.New("no such job")
	ErrExists    = errors.New("the job exists already")
	ErrFinished  = errors.New("the job is finished")
	ErrLeased    = errors.New("another worker holds the job")
	ErrNotDue    = errors.New("the job is not due yet")
	ErrLeaseLost = errors.New("the lease was lost to another worker")
	ErrInvalid   = errors.New("invalid argument")
	ErrTooLarge  = errors.New("too large to store")
	ErrDecode    = errors.New("the stored job does not decode")
)

// ErrAbandoned is the [ErrFinished] of the claim that settled the job as [Failed],
// because the job's lease ran out and it may not run again.
var ErrAbandoned = fmt.Errorf("no worker finished the job: %w", ErrFinished)

// Error is the error of a store: the operation, the job, and the cause.
type Error struct {
	Op  string // "create", "get", "claim", "report", "settle", "cancel", "retry", "sweep", "list" or "run"
	ID  string // the job's; may be empty
	Err error
}

func (e *Error) Error() string {
	return fmt.Sprintf("jobstore: %s job %s: %v", e.Op, shorten(e.ID), e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// shorten keeps a long ID from filling the log.
func shorten(id string) string {
	if len(id) <= 128 {
		return fmt.Sprintf("%q", id)
	}
	return fmt.Sprintf("%q… (%d bytes)", id[:64], len(id))
}

// ErrTooLate is why [Run] did not start a job: the context's deadline is nearer than
// [RunOptions.Margin]. It is the Err of a [*RetryError]. Nothing has failed, so log it
// as an early stop and not as an error.
var ErrTooLate = errors.New("too little time is left to start")

// RetryError is returned by [Run] when the trigger has to try again: the attempt
// failed and others remain, the job waits, another worker holds it, the store did not
// answer, or too little time was left ([ErrTooLate]).
type RetryError struct {
	ID    string
	After time.Time // earliest time; zero is at once
	Err   error

	// Waits is true when the job's record says from when on it may be claimed: it is
	// pending, or another worker holds it. A [Sweep] then starts it, so that a trigger
	// with a sweep beside it has nothing to do.
	Waits bool
}

func (e *RetryError) Error() string {
	return fmt.Sprintf("jobstore: run job %s: try again: %v", shorten(e.ID), e.Err)
}

// Unwrap returns the cause.
func (e *RetryError) Unwrap() error { return e.Err }

// TerminalError is returned by [Run] when no further attempt helps: the job ended as
// [Failed], or the job does not exist.
type TerminalError struct {
	ID  string
	Err error
}

func (e *TerminalError) Error() string {
	return fmt.Sprintf("jobstore: run job %s: no further attempt helps: %v", shorten(e.ID), e.Err)
}

// Unwrap returns the cause.
func (e *TerminalError) Unwrap() error { return e.Err }

// IgnoreTerminal returns nil for a [*TerminalError] and any other error unchanged. A
// trigger that repeats on every error, as Lambda does, returns it: the job's record
// already has the failure.
func IgnoreTerminal(err error) error {
	if _, ok := err.(*TerminalError); ok { // not errors.As: a handler's error may wrap another job's
		return nil
	}
	return err
}

// PanicError is the error of a handler that panicked.
type PanicError struct {
	Value any    `json:"-"` // what was passed to panic
	Stack []byte // of the goroutine that panicked
}

// Error shows the value only when it is an error. Any other value may have a part of
// the input.
func (e *PanicError) Error() string {
	if err, ok := e.Value.(error); ok {
		return fmt.Sprintf("panic: %v", err)
	}
	return fmt.Sprintf("panic with a value of type %T", e.Value)
}

// Format implements [fmt.Formatter]. No verb shows more than Error does.
func (e PanicError) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), e.Error())
}

// Unwrap returns the value when it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
