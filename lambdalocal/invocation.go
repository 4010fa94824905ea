package lambdalocal

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// traceKey is the plain string under which aws-lambda-go, and after it the X-Ray
// and AWS SDKs, keep the trace header.
const traceKey = "x-amzn-trace-id"

// invocation is what one event keeps over all its attempts.
type invocation struct {
	fn        *Function
	requestID string
	arn       string // as the caller addressed it, with the qualifier
	trace     string
	client    lambdacontext.ClientContext
	payload   []byte
}

func newInvocation(fn *Function, arn string) *invocation {
	return &invocation{fn: fn, requestID: newUUID(), arn: arn, trace: newTrace()}
}

// outcome is a handler's response, or its error.
type outcome struct {
	payload []byte
	err     *FunctionError
}

// run makes one attempt. It returns at the deadline even when the handler does
// not; the handler's goroutine then lives on until the handler returns, and its
// outcome is lost. The caller has begun work on the Local.
func (i *invocation) run() outcome {
	deadline := time.Now().Add(i.fn.options.Timeout)
	ctx, cancel := i.context(deadline)
	done := make(chan outcome, 1)
	i.fn.local.work.Go(func() {
		defer cancel()
		i.call(ctx, done)
	})
	result := i.await(ctx, deadline, done)
	if result.err != nil {
		i.log("lambdalocal: invocation failed", result.err)
	}
	return result
}

// await decides by the clock, so that an answer given at the deadline is always
// late: which of two ready channels a select takes is chance.
func (i *invocation) await(ctx context.Context, deadline time.Time, done <-chan outcome) outcome {
	var result outcome
	select {
	case result = <-done:
	case <-ctx.Done():
		// The handler's goroutine ends ctx too, but only after its answer.
		select {
		case result = <-done:
		default:
		}
	}
	if !time.Now().Before(deadline) {
		return outcome{err: i.timedOut()}
	}
	return i.limited(result)
}

// call runs the handler and sends exactly one outcome, whichever way the handler
// ends: it returns, panics, or ends its goroutine (testing's FailNow does).
func (i *invocation) call(ctx context.Context, done chan<- outcome) {
	result := outcome{err: i.failure(exited(i.requestID))}
	defer func() {
		if value := recover(); value != nil {
			result.err = i.failure(panicError(value))
		}
		done <- result
	}()
	response, err := lambda.NewHandler(i.fn.handler).Invoke(ctx, bytes.Clone(i.payload))
	if err != nil {
		result.err = i.failure(invokeError(err))
		return
	}
	result = outcome{payload: bytes.Clone(response)}
}

// context is the one aws-lambda-go gives a handler. It descends from nothing: a
// caller who goes away does not stop a Lambda function.
func (i *invocation) context(deadline time.Time) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID:       i.requestID,
		InvokedFunctionArn: i.arn,
		ClientContext:      i.client,
	})
	//lint:ignore SA1029 aws-lambda-go keeps the header under this plain string
	return context.WithValue(ctx, traceKey, i.trace), cancel
}

func (i *invocation) limited(result outcome) outcome {
	if len(result.payload) <= maxResponse {
		return result
	}
	return outcome{err: i.failure(messages.InvokeResponse_Error{
		Type:    "Function.ResponseSizeTooLarge",
		Message: fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse),
	})}
}

func (i *invocation) timedOut() *FunctionError {
	return i.failure(messages.InvokeResponse_Error{
		Type: "Sandbox.Timedout",
		Message: fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds",
			i.requestID, i.fn.options.Timeout.Seconds()),
	})
}

func (i *invocation) log(message string, err error) {
	i.fn.local.options.Logger.Error(message, "function", i.fn.name, "requestId", i.requestID, "error", err)
}
