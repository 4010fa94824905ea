package selfinvoke

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// MaxPayload is the largest event of an asynchronous invocation, in bytes.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
const MaxPayload = 1 << 20

// Client is what a [Task] needs of the Lambda client. The SDK's
// [lambda.Client] is one.
type Client interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Errors of [Task.Invoke] that no retry mends.
var (
	ErrTooLarge    = errors.New("the payload is over Lambda's limit")
	ErrTooManyHops = errors.New("too many hops")
	ErrNoFunction  = errors.New("the function to invoke is unknown")
)

// Options are the optional settings of a [Task].
type Options struct {
	// Function is the ARN or name to invoke. Default: the ARN that the current
	// invocation came in by, from its context.
	Function string

	// Timeout bounds the call to Lambda with its retries, to leave room inside
	// Slack's three seconds. Default 2 s.
	Timeout time.Duration

	// MaxHops bounds how many asynchronous invocations may follow one another.
	// Lambda's own loop detection strikes at about 16. Default 12.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
	MaxHops int
}

// Task is slow work of type T that a function does in an asynchronous
// invocation of itself. Make one with [NewTask] and hand it to [Wrap].
type Task[T any] struct {
	name   string
	client Client
	fn     func(context.Context, T) error
	opts   Options
}

// NewTask returns a task. Its name is part of the events under way, so renaming
// it in a deployment strands them. NewTask panics when name is empty or client
// or fn is nil; it does no I/O.
func NewTask[T any](name string, client Client, fn func(context.Context, T) error, opts ...func(*Options)) *Task[T] {
	if name == "" || client == nil || fn == nil {
		panic("selfinvoke: NewTask: name is empty, or client or fn is nil")
	}
	o := Options{Timeout: 2 * time.Second, MaxHops: 12}
	for _, opt := range opts {
		opt(&o)
	}
	return &Task[T]{name: name, client: client, fn: fn, opts: o}
}

// Invoke has the function invoke itself with v, encoded as JSON, and returns as
// soon as Lambda has accepted the event: it is queued then, not run.
//
// It fails with ErrTooLarge when the event would be over [MaxPayload], with
// ErrTooManyHops at the bound of [Options.MaxHops], with ErrNoFunction outside
// an invocation without [Options.Function], and with the SDK's error otherwise.
func (t *Task[T]) Invoke(ctx context.Context, v T) error {
	if err := t.invoke(ctx, v); err != nil {
		return fmt.Errorf("selfinvoke: invoke task %q: %w", t.name, err)
	}
	return nil
}

func (t *Task[T]) invoke(ctx context.Context, v T) error {
	payload, err := t.seal(ctx, v)
	if err != nil {
		return err
	}
	function, err := t.target(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, t.opts.Timeout)
	defer cancel()
	_, err = t.client.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: &function, InvocationType: types.InvocationTypeEvent, Payload: payload,
	}, withTrace(ctx))
	return err
}

// seal puts v into an envelope.
func (t *Task[T]) seal(ctx context.Context, v T) ([]byte, error) {
	hop := Hop(ctx) + 1
	if hop > t.opts.MaxHops {
		return nil, fmt.Errorf("%w: this would be hop %d, the limit is %d", ErrTooManyHops, hop, t.opts.MaxHops)
	}
	payload, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("the payload does not encode: %w", err)
	}
	event, err := json.Marshal(envelope{IsAsync: true, Version: version, Task: t.name, ID: rand.Text(), Hop: hop, Payload: payload})
	if len(event) > MaxPayload {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d; store it in a job and pass the job's ID", ErrTooLarge, len(event), MaxPayload)
	}
	return event, err
}

func (t *Task[T]) target(ctx context.Context) (string, error) {
	if t.opts.Function != "" {
		return t.opts.Function, nil
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok && lc.InvokedFunctionArn != "" {
		return lc.InvokedFunctionArn, nil
	}
	return "", fmt.Errorf("%w: the context is no invocation's; set Options.Function", ErrNoFunction)
}

// withTrace hands the invocation's trace header on, by which Lambda counts a
// chain of invocations. The SDK takes it from the environment, where it is
// missing when a process serves several invocations at once.
func withTrace(ctx context.Context) func(*lambda.Options) {
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	return func(o *lambda.Options) {
		if trace != "" {
			o.APIOptions = append(o.APIOptions, smithyhttp.SetHeaderValue("X-Amzn-Trace-Id", trace))
		}
	}
}

func (t *Task[T]) taskName() string { return t.name }

func (t *Task[T]) run(ctx context.Context, e *envelope) error {
	var v T
	if err := json.Unmarshal(e.Payload, &v); err != nil {
		return fmt.Errorf("selfinvoke: task %q: %w: payload is no %T", t.name, ErrEnvelope, v)
	}
	return t.fn(ctx, v)
}
