package lambdalocal

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"reflect"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/process"
)

// traceKey is the plain string under which aws-lambda-go, and after it the X-Ray
// and AWS SDKs, keep the trace header.
const traceKey = "x-amzn-trace-id"

// handlerRunner runs a handler in this process.
type handlerRunner struct{ handler any }

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
	result = outcome{payload: bytes.Clone(response)}
}

func (r handlerRunner) invoke(ctx context.Context, i *invocation) ([]byte, error) {
	payload := bytes.Clone(i.payload)
	if i.stream == nil {
		return lambda.NewHandler(r.handler).Invoke(ctx, payload)
	}
	var body io.Reader
	response, err := lambda.NewHandler(diverting(r.handler, &body)).Invoke(ctx, payload)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, i.stream("application/json", bytes.NewReader(response))
	}
	if closer, ok := body.(io.Closer); ok {
		defer closer.Close()
	}
	return nil, i.stream(contentType(body), body)
}

// contentType is what aws-lambda-go sends with a response that is a reader.
func contentType(body io.Reader) string {
	if b, ok := body.(interface{ ContentType() string }); ok {
		return b.ContentType()
	}
	return "application/octet-stream"
}

// diverting is the handler with a response that is a reader stored in body instead
// of returned, since a lambda.Handler returns bytes only.
func diverting(handler any, body *io.Reader) any {
	fn := reflect.ValueOf(handler)
	if fn.Kind() != reflect.Func || fn.Type().NumOut() != 2 {
		return handler
	}
	in := make([]reflect.Type, fn.Type().NumIn())
	for n := range in {
		in[n] = fn.Type().In(n)
	}
	out := []reflect.Type{reflect.TypeFor[any](), fn.Type().Out(1)}
	return reflect.MakeFunc(reflect.FuncOf(in, out, false), func(args []reflect.Value) []reflect.Value {
		results := fn.Call(args)
		response := reflect.New(out[0]).Elem()
		if value := results[0].Interface(); isRead(value) {
			*body = value.(io.Reader)
		} else if value != nil {
			response.Set(reflect.ValueOf(value))
		}
		return []reflect.Value{response, results[1]}
	}).Interface()
}

// isRead reports whether aws-lambda-go reads the response instead of marshaling it.
func isRead(response any) bool {
	if _, ok := response.(io.Reader); !ok {
		return false
	}
	data, err := json.Marshal(response)
	return err != nil || string(data) == "{}"
}

// context is the one that aws-lambda-go gives a handler. It has no parent, because a
// caller that disconnects does not stop a Lambda function.
func (i *invocation) context(deadline time.Time) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	lc := &lambdacontext.LambdaContext{AwsRequestID: i.requestID, InvokedFunctionArn: i.arn}
	_ = json.Unmarshal(i.client, &lc.ClientContext) // a JSON object, or nothing
	ctx = lambdacontext.NewContext(ctx, lc)
	//lint:ignore SA1029 aws-lambda-go keeps the header under this plain string
	return context.WithValue(ctx, traceKey, i.trace), cancel
}
