package jobstore

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"
)

// patience is how much longer than its context a request may take.
const patience = 100 * time.Millisecond

// ask makes a request to the store in a goroutine of its own, and returns a moment after
// ctx has ended at the latest, since a store that waits for longer must not keep a handler
// from being stopped, or Run from returning. The request may still take effect later, as any
// late copy of one may.
//
// A panic of the store, such as of a method of the output that it encodes, is an error. A
// call of [runtime.Goexit] ends the caller's goroutine too.
func ask[T any](ctx context.Context, op, id string, call func(context.Context) (T, error)) (T, error) {
	answers, wait := make(chan answer[T], 1), waitFor(ctx)
	go answerTo(ctx, call, answers)
	select {
	case a := <-answers:
		return a.take(op, id)
	case <-ctx.Done():
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case a := <-answers:
		return a.take(op, id)
	case <-timer.C:
		return *new(T), &Error{Op: op, ID: id, Err: &stuckError{ctx.Err()}}
	}
}

// waitFor is the patience with a request under ctx: less than usual when there is little time, and
// enough for an answer that comes as ctx ends.
func waitFor(ctx context.Context) time.Duration {
	if end, ok := ctx.Deadline(); ok {
		return max(time.Millisecond, min(patience, time.Until(end)/4))
	}
	return patience
}

// none is the value of a request that returns only an error.
type none struct{}

// answer is how a call ended.
type answer[T any] struct {
	value    T
	err      error
	panicked *panicError
	returned bool // false after runtime.Goexit
}

func answerTo[T any](ctx context.Context, call func(context.Context) (T, error), answers chan<- answer[T]) {
	var a answer[T]
	defer func() {
		if v := recover(); v != nil {
			text := printable(&PanicError{Value: v}, textTime)
			a.panicked = &panicError{text, debug.Stack()}
		}
		answers <- a
	}()
	a.value, a.err = call(ctx)
	a.returned = true
}

func (a answer[T]) take(op, id string) (T, error) {
	switch {
	case a.panicked != nil:
		return a.value, &Error{Op: op, ID: id, Err: a.panicked}
	case !a.returned:
		runtime.Goexit()
	}
	return a.value, a.err
}

// panicError is a panic of the store. It wraps nothing: the value may be an error that
// claims to be one of this package's.
type panicError struct {
	text  string
	stack []byte
}

func (e *panicError) Error() string { return e.text }

// stuckError is the end of a context by which the store did not return.
type stuckError struct{ error }

func (e *stuckError) Error() string { return e.error.Error() + ", and the store does not return" }
func (e *stuckError) Unwrap() error { return e.error }

// isStuck is true of an error of a request that the store has not returned from.
func isStuck(err error) bool {
	e, ok := err.(*Error)
	if ok {
		_, ok = e.Err.(*stuckError)
	}
	return ok
}

// panicked is the panic of the store that err is, if it is one.
func panicked(err error) *panicError {
	if e, ok := err.(*Error); ok {
		p, _ := e.Err.(*panicError)
		return p
	}
	return nil
}
