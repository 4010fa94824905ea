package streamproc

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a panic of the handler or the filter, as an error. The dispatcher
// logs the stack, which has no values but machine words, beside it.
type PanicError struct {
	Value any    // what was passed to panic
	Stack []byte // of the goroutine that panicked
}

// panicked is called with what recover returned, in the deferred function.
func panicked(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

// Error shows the value only when it is an error. Any other may hold a part of the
// record.
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
