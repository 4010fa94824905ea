package lambdalocal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/asyncpatterns/asyncpatterns/internal/streaming"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/process"
)

// traceKey is the plain string under which aws-lambda-go, and after it the X-Ray
// and AWS SDKs, keep the trace header.
const traceKey = "x-amzn-trace-id"

// handlerRunner runs a handler in this process.
type handlerRunner struct {
	// opener returns what calls the handler. Each invocation of a func has its own,
	// since the buffers of lambda.NewHandler are shared by all calls of one handler.
	opener func() *streaming.Handler
}

func newHandlerRunner(handler any) handlerRunner {
	if h, ok := handler.(lambda.Handler); ok {
		shared := streaming.New(h)
		return handlerRunner{func() *streaming.Handler { return shared }}
	}
	return handlerRunner{func() *streaming.Handler { return streaming.New(lambda.NewHandler(handler)) }}
}

func (handlerRunner) close() {}
func (handlerRunner) crash() {}

// run abandons the goroutine of a handler that runs out of time. The goroutine ends
// when the handler returns; its outcome is lost.
func (r handlerRunner) run(i *invocation, _ bool) outcome {
	deadline := time.Now().Add(i.fn.options.Timeout)
	ctx, cancel := i.context(deadline)
	done := make(chan outcome, 1)
	i.fn.local.work.Go(func() {
		defer cancel()
		r.call(ctx, i, done)
	})
	return i.await(ctx, deadline, done)
}

// await decides by the clock, so that an answer at the deadline is always late. A
// select would choose between two ready channels at random.
func (i *invocation) await(ctx context.Context, deadline time.Time, done <-chan outcome) outcome {
	var result outcome
	select {
	case result = <-done:
	case <-ctx.Done():
		// The handler's goroutine cancels ctx too, but only after its answer.
		select {
		case result = <-done:
		default:
		}
	}
	if !time.Now().Before(deadline) {
		return outcome{err: i.timedOut()}
	}
	return result
}

// call runs the handler and sends exactly one outcome, whether the handler returns,
// panics, or ends its goroutine, as testing's FailNow does.
func (r handlerRunner) call(ctx context.Context, i *invocation, done chan<- outcome) {
	result := outcome{err: i.failure(process.Exited(i.requestID, nil))}
	defer func() {
		if value := recover(); value != nil {
			result.err = i.failure(panicError(value))
		}
		done <- result
	}()
	response, err := r.invoke(ctx, i)
	if err != nil {
		result.err = i.failure(invokeError(err))
		return
	}
	result = outcome{payload: response}
}

func (r handlerRunner) invoke(ctx context.Context, i *invocation) ([]byte, error) {
	if err := i.checkClient(); err != nil {
		return nil, err
	}
	response, err := r.opener().Open(ctx, bytes.Clone(i.payload))
	if err != nil {
		return nil, err
	}
	defer response.Close()
	if i.stream == nil {
		return io.ReadAll(response)
	}
	return nil, i.stream(response.ContentType(), response.Reader)
}

// checkClient fails where aws-lambda-go does: a client context may be any JSON object, but
// Go's has members of certain types.
func (i *invocation) checkClient() error {
	if len(i.client) == 0 {
		return nil
	}
	if err := json.Unmarshal(i.client, new(lambdacontext.ClientContext)); err != nil {
		return fmt.Errorf("failed to unmarshal client context json: %v", err)
	}
	return nil
}

// context is the one that aws-lambda-go gives a handler. It has no parent, because a
// caller that disconnects does not stop a Lambda function.
func (i *invocation) context(deadline time.Time) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	lc := &lambdacontext.LambdaContext{AwsRequestID: i.requestID, InvokedFunctionArn: i.arn}
	_ = json.Unmarshal(i.client, &lc.ClientContext) // checked by checkClient, or nothing
	ctx = lambdacontext.NewContext(ctx, lc)
	//lint:ignore SA1029 aws-lambda-go keeps the header under this plain string
	return context.WithValue(ctx, traceKey, i.trace), cancel
}
