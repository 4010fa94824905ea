package lambdalocal

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/process"
)

// maxResponse is how many bytes a buffered response may have.
const maxResponse = process.MaxResponse

// runner executes a function's code.
type runner interface {
	// run makes one attempt. It returns at the deadline even if the code does not.
	// With last, the execution environment ends after it.
	run(i *invocation, last bool) outcome

	// crash ends the environment that the next attempt would have used.
	crash()

	// close ends the environments. No invocation is running by then.
	close()
}

// invocation is one event, with what stays the same in all its attempts.
type invocation struct {
	fn        *Function
	requestID string
	arn       string // as the caller addressed it, with the qualifier
	trace     string
	client    []byte // the client context: a JSON object, or nothing
	payload   []byte
	tail      bool // the caller gets the end of the log

	// stream gets the response while the function writes it, and returns when it has
	// read all of it. If stream is nil, the response is collected.
	stream func(contentType string, body io.Reader) error

	// ended is made by launch, and closed after result and refused are set.
	ended   chan struct{}
	result  outcome
	refused error // why the function did not run
}

func newInvocation(fn *Function, arn string) *invocation {
	return &invocation{fn: fn, requestID: newUUID(), arn: arn, trace: newTrace()}
}

// outcome is what the function answered, or its error.
type outcome struct {
	payload []byte
	err     *functionError
	log     []byte // with tail: the end of the log
}

// run makes one attempt. The caller has begun work on the Local.
func (i *invocation) run() outcome {
	began := time.Now()
	i.note("started")
	result := i.limited(i.attempt())
	took := time.Since(began)
	if i.tail {
		result.log = i.logged(result.log, result.err, took)
	}
	if result.err == nil {
		i.note("returned after %.3f s", took.Seconds())
		return result
	}
	i.note("failed after %.3f s: %s", took.Seconds(), result.err.Type)
	i.log("lambdalocal: invocation failed", result.err)
	return result
}

// attempt runs the function, with a fault if the plan has one.
func (i *invocation) attempt() outcome {
	faults := i.fn.local.faults
	switch {
	case faults.strikes(faults.CrashBefore, "crash before", i):
		i.fn.runner.crash()
		i.note("fault: crash before the handler")
		return outcome{err: i.failure(process.Exited(i.requestID, nil))}
	case faults.strikes(faults.CrashAfter, "crash after", i):
		i.fn.runner.run(i, true)
		i.note("fault: crash after the handler")
		return outcome{err: i.failure(process.Exited(i.requestID, nil))}
	case faults.strikes(faults.Timeout, "timeout", i):
		deadline := time.Now().Add(i.fn.options.Timeout)
		i.fn.runner.run(i, true)
		i.note("fault: no answer until the deadline")
		sleep(i.fn.local.ctx, time.Until(deadline))
		return outcome{err: i.timedOut()}
	}
	return i.fn.runner.run(i, false)
}

func (i *invocation) limited(result outcome) outcome {
	if len(result.payload) <= maxResponse {
		return result
	}
	return outcome{log: result.log, err: i.failure(messages.InvokeResponse_Error{
		Type:    "Function.ResponseSizeTooLarge",
		Message: fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse),
	})}
}

func (i *invocation) timedOut() *functionError {
	return i.failure(process.TimedOut(i.requestID, i.fn.options.Timeout))
}

func (i *invocation) log(message string, err error) {
	i.fn.local.options.Logger.Error(message, "function", i.fn.name, "requestId", i.requestID, "error", err)
}

// wait runs the invocation and returns early if ctx ends.
func (i *invocation) wait(ctx context.Context) (outcome, error) {
	if err := i.launch(); err != nil {
		return outcome{}, err
	}
	select {
	case <-i.ended:
		return i.result, i.refused
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
}

// launch runs the invocation in a goroutine. When ended is closed, result and refused
// are set.
func (i *invocation) launch() error {
	if err := i.fn.local.begin(); err != nil {
		return err
	}
	i.ended = make(chan struct{})
	go func() {
		defer i.fn.local.work.Done()
		defer close(i.ended)
		i.result, i.refused = i.admitted()
	}()
	return nil
}
