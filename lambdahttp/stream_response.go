package lambdahttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// streamResponse is a response whose head is known and whose body is being written.
type streamResponse struct {
	*io.PipeReader // the body

	status int
	header http.Header
	cancel context.CancelFunc // ends the request
	done   <-chan struct{}    // closed when the handler has ended
}

// open serves r with h in a goroutine, and returns when the head of the response is
// known.
func open(h http.Handler, r *http.Request) *streamResponse {
	ctx, cancel := context.WithCancel(r.Context())
	body, pipe := io.Pipe()
	w := &streamWriter{ctx: ctx, head: head{method: r.Method, header: http.Header{}}, ready: make(chan struct{}), pipe: pipe}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer w.end()
		defer cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
		w.returned = true
	}()
	<-w.ready
	return &streamResponse{body, w.status, w.sent, cancel, done}
}

// Close ends the request, and returns when the handler has ended.
func (r *streamResponse) Close() error {
	r.cancel()
	err := r.PipeReader.Close()
	<-r.done
	return err
}

var errGoexit = errors.New("the handler has ended its goroutine")

// end is deferred by the goroutine that runs the handler.
func (w *streamWriter) end() {
	value := recover()
	switch {
	case w.returned:
		w.complete()
	case value == nil:
		w.fail(errGoexit)
	default:
		w.fail(value)
	}
}

// fail breaks the response off, before it takes mu: a goroutine that the handler has left
// behind may hold mu while it writes. A response that has not begun gets the status 500
// first. Without a head, a function URL would answer 200 with the text of the error.
func (w *streamWriter) fail(value any) {
	failure := &PanicError{value, debug.Stack()}
	if value != http.ErrAbortHandler {
		slog.ErrorContext(w.ctx, "lambdahttp: the handler panicked", "error", failure, "stack", string(failure.Stack))
	}
	_ = w.pipe.CloseWithError(failure)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.begun {
		w.begun, w.status, w.sent, w.held = true, http.StatusInternalServerError, http.Header{}, nil
		close(w.ready)
	}
}

// complete ends the response of a handler that has returned.
func (w *streamWriter) complete() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHeader(http.StatusOK)
	err := w.begin()
	if err == nil && w.isShort() {
		err = errShort
	}
	_ = w.pipe.CloseWithError(err)
}

// PanicError is a panic of a handler that [Stream] has called. The response breaks off
// with it.
type PanicError struct {
	Value any    `json:"-"` // the argument of panic
	Stack []byte // of the goroutine that panicked
}

// Error shows the value only when it is an error. Any other value may hold a part of
// the request.
func (e *PanicError) Error() string {
	if err, ok := e.Value.(error); ok {
		return fmt.Sprintf("lambdahttp: panic: %v", err)
	}
	return fmt.Sprintf("lambdahttp: panic with a value of type %T", e.Value)
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
