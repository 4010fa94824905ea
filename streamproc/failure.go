package streamproc

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/asyncpatterns/asyncpatterns/streamproc/internal/avjson"
)

// report returns the sequence number by which Lambda is told of the first record that is
// not done. Lambda delivers that record and everything behind it again.
func report(records []RawRecord, i int, cause error) (failed string, err error) {
	if failed = records[i].SequenceNumber(); failed == "" {
		return "", &BatchError{Record: i, Err: fmt.Errorf("no sequence number to report it by: %w", cause)}
	}
	return failed, nil
}

// log writes one line for a record that is not done.
func (d *Dispatcher) log(ctx context.Context, t timeLeft, records []RawRecord, i int, err error) {
	attrs := []any{"record", i, "of", len(records), "sequenceNumber", records[i].SequenceNumber(), "error", err}
	if !isFailure(err) && !t.never(err) {
		d.opts.Logger.InfoContext(ctx, "streamproc: stopped early", attrs...)
		return
	}
	var p *PanicError
	if errors.As(err, &p) {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	d.opts.Logger.ErrorContext(ctx, "streamproc: record failed", attrs...)
}

// BatchError fails the invocation, and Lambda delivers its whole batch again. No record was
// handled before the one that failed, or the failed record has no sequence number by which
// it could be reported. The function's error metric shows the failure, unlike that of a partial
// batch response.
type BatchError struct {
	Record int // index in the batch
	Err    error
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("streamproc: record %d: %v", e.Record, e.Err)
}

// Unwrap returns the cause.
func (e *BatchError) Unwrap() error { return e.Err }

// ErrNotStarted is the error of a record that was not started, because too little time
// was left. The record is reported. Nothing has failed, so it is logged at level info. A
// handler that stops for the same reason returns an error that wraps this one.
var ErrNotStarted = errors.New("not started: the invocation is about to end")

// isFailure is false of the error of a record that was not started.
func isFailure(err error) bool { return err != errBehind && !errors.Is(err, ErrNotStarted) }

// PanicError is a panic of the handler or the filter, returned as an error. The
// dispatcher logs the stack with it. A stack has no values but machine words.
type PanicError struct {
	Value any    `json:"-"` // the argument of panic
	Stack []byte // of the goroutine that panicked
}

// panicked makes an error of the value that recover returned. It must be called in the
// deferred function, for the stack.
func panicked(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

// Error shows the value only when it is an error. Any other value may hold a part of the
// record.
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

// Unwrap returns the value when it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// MalformedError is an attribute value that DynamoDB would not have written. Its text
// has no value.
type MalformedError struct {
	Path    string // such as NewImage.items[2].price
	problem string
}

func (e *MalformedError) Error() string { return e.Path + " " + e.problem }

// public returns the exported form of an error of avjson.
func public(err error) error {
	if m, ok := err.(*avjson.Malformed); ok {
		return &MalformedError{Path: m.Path(), problem: m.Problem}
	}
	return err
}
