package selfinvoke

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
)

// Why Lambda did not accept an event, for [errors.Is]. Of these only ErrThrottled
// goes away without a change. Any other error comes from the network, the context or
// Lambda itself.
var (
	ErrThrottled    = errors.New("the call was throttled")
	ErrAccessDenied = errors.New("the function's role lacks the permission lambda:InvokeFunction")
	ErrNotFound     = errors.New("the function does not exist")
	ErrRecursion    = errors.New("a recursive loop was stopped by Lambda")
	ErrTooLarge     = errors.New("the event is over Lambda's limit")
	ErrTooManyHops  = errors.New("too many hops")
	ErrNoFunction   = errors.New("the function to invoke is unknown")
	ErrNotWrapped   = errors.New("the task was not passed to selfinvoke.Wrap")
)

// InvokeError is a failure of [Task.Invoke]: Lambda did not accept the event, or its
// response was lost.
type InvokeError struct {
	Task     string
	Function string // the function to invoke; empty when it is unknown
	Err      error  // from the SDK or from this package
}

func (e *InvokeError) Error() string {
	if reason := reasonOf(e.Err); reason != nil {
		return fmt.Sprintf("selfinvoke: invoke task %q: %v: %s: %v", e.Task, reason, e.Function, e.Err)
	}
	return fmt.Sprintf("selfinvoke: invoke task %q: %v", e.Task, e.Err)
}

// Unwrap returns the cause.
func (e *InvokeError) Unwrap() error { return e.Err }

// Is reports whether target is this package's sentinel for the SDK's error.
func (e *InvokeError) Is(target error) bool {
	reason := reasonOf(e.Err)
	return reason != nil && target == reason
}

// reasonOf returns the sentinel for an error of the Invoke operation, or nil.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func reasonOf(err error) error {
	var (
		throttled *types.TooManyRequestsException
		missing   *types.ResourceNotFoundException
		large     *types.RequestTooLargeException
		recursive *types.RecursiveInvocationException
		api       smithy.APIError
	)
	switch {
	case errors.As(err, &throttled):
		return ErrThrottled
	case errors.As(err, &missing):
		return ErrNotFound
	case errors.As(err, &large):
		return ErrTooLarge
	case errors.As(err, &recursive):
		return ErrRecursion
	case errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException":
		return ErrAccessDenied
	}
	return nil
}

// PanicError is a panic of a task, returned as an error.
type PanicError struct {
	Value any    `json:"-"` // the argument of panic
	Stack []byte // of the goroutine that panicked
}

// Error shows the value only when it is an error. Any other value may hold a part of
// the payload.
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
