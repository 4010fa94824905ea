package selfinvoke

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

// MaxPayload is the largest event of an asynchronous invocation, in bytes.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
const MaxPayload = 1 << 20

// Client is the part of the SDK's [lambda.Client] that a [Task] needs.
type Client interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Task is slow work with an input of type T, which a function does in an
// asynchronous invocation of itself. Make one with [NewTask] and pass it to [Wrap].
type Task[T any] struct {
	name   string
	client func() Client // a func, so that fmt does not print it
	fn     func(context.Context, T) error
	opts   Options
}

// NewTask returns a task that runs fn. The name is part of each queued event:
// after a deployment that changes it, events queued before are refused. NewTask does
// no I/O. It panics when name is empty, client or fn is nil, or an option is out of
// its range.
func NewTask[T any](name string, client Client, fn func(context.Context, T) error, opts ...func(*Options)) *Task[T] {
	t := &Task[T]{name: name, client: func() Client { return client }, fn: fn, opts: newOptions(opts)}
	if wrong := t.check(); wrong != "" {
		panic("selfinvoke: NewTask: " + wrong)
	}
	return t
}

// Format implements [fmt.Formatter]. It shows the task's name, and nothing of its client
// and options.
func (t Task[T]) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "selfinvoke.Task(%s)", t.name)
}

// check returns what is wrong with the arguments of NewTask, or "".
func (t *Task[T]) check() string {
	switch {
	case t.name == "":
		return "name is empty"
	case t.client() == nil:
		return "client is nil"
	case t.fn == nil:
		return "fn is nil"
	}
	return t.opts.check()
}

// Invoke encodes v as JSON, has the function invoke itself with it, and returns as
// soon as Lambda has accepted the event. The event is queued then, not run. It
// carries the metadata of ctx, see [WithMetadata].
//
// Invoke fails with an [*InvokeError]. It is [ErrNotWrapped], before any call to Lambda,
// if the function to invoke is the running one and has not passed the task to [Wrap]:
// it would refuse the event, and the work would be lost. The handler chooses the response to its
// caller. Returning the error makes the sender of a webhook retry.
func (t *Task[T]) Invoke(ctx context.Context, v T) error {
	return t.send(ctx, rand.Text(), v)
}

// Continue is Invoke for a running task that passes its state to a fresh invocation,
// see [Ending]. Each delivery of the current event continues under the same [ID].
// Call Continue once per invocation: a second event would have the same ID. Outside
// the task it fails with [ErrNoFunction].
func (t *Task[T]) Continue(ctx context.Context, state T) error {
	e := fromContext(ctx)
	if e == nil || e.Task != t.name {
		return &InvokeError{Task: t.name, Err: fmt.Errorf("%w: the context does not belong to the task", ErrNoFunction)}
	}
	return t.send(ctx, e.next(), state)
}

func (t *Task[T]) send(ctx context.Context, id string, v T) error {
	function, err := t.target(ctx)
	if err == nil {
		err = t.deliver(ctx, function, id, v)
	}
	if err != nil {
		return &InvokeError{Task: t.name, Function: function, Err: err}
	}
	t.opts.Logger.DebugContext(ctx, "selfinvoke: event accepted", "task", t.name, "id", id, "hop", Hop(ctx)+1)
	return nil
}

func (t *Task[T]) deliver(ctx context.Context, function, id string, v T) error {
	if err := t.known(ctx, function); err != nil {
		return err
	}
	event, err := t.event(ctx, function, id, v)
	if err != nil {
		return err
	}
	return t.call(ctx, function, event)
}

func (t *Task[T]) call(ctx context.Context, function string, event []byte) error {
	ctx, cancel := context.WithTimeout(ctx, t.opts.Timeout)
	defer cancel()
	out, err := t.client().Invoke(ctx, &lambda.InvokeInput{
		FunctionName: &function, InvocationType: types.InvocationTypeEvent, Payload: event,
	}, withTrace(ctx), withoutLateTries(ctx), bounded)
	if err != nil {
		return err
	}
	return queued(out)
}

// queued refuses an answer that does not say that the event was queued: another 2xx is not
// Lambda's to an asynchronous invocation. A fake may leave the status out.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func queued(out *lambda.InvokeOutput) error {
	if out == nil || out.StatusCode == 0 || out.StatusCode == http.StatusAccepted {
		return nil
	}
	return fmt.Errorf("the answer has the status %d, want 202", out.StatusCode)
}

// bounded has the call end with its context, whatever is answered.
func bounded(o *lambda.Options) {
	if o.HTTPClient != nil {
		o.HTTPClient = outbound.Bounded(o.HTTPClient)
	}
}

// event puts v into an envelope.
func (t *Task[T]) event(ctx context.Context, function, id string, v T) ([]byte, error) {
	if hop := Hop(ctx); hop >= t.opts.MaxHops { // hop+1 may overflow
		return nil, fmt.Errorf("%w: this would be hop %d, Options.MaxHops is %d", ErrTooManyHops, uint(hop)+1, t.opts.MaxHops)
	}
	e := envelope{
		IsAsync: true, Version: version, Task: t.name, ID: id, Hop: Hop(ctx) + 1,
		Time: time.Now().UnixMilli(), Trace: map[string]string{}, Metadata: Metadata(ctx),
	}
	var err error
	// By its address, so that methods of pointers are found, as they are to decode it: a
	// big.Int would be an empty object.
	if e.Payload, err = json.Marshal(&v); err != nil {
		return nil, errors.New("the payload cannot be encoded as JSON")
	}
	if t.opts.Inject != nil {
		t.opts.Inject(ctx, e.Trace)
	}
	if err := t.seal(ctx, function, &e); err != nil {
		return nil, err
	}
	event, err := json.Marshal(&e)
	if len(event) > MaxPayload {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d; store it in a job and pass the job's ID", ErrTooLarge, len(event), MaxPayload)
	}
	return event, err
}

func (t *Task[T]) target(ctx context.Context) (string, error) {
	if t.opts.Function != "" {
		return t.opts.Function, nil
	}
	if arn := running(ctx); arn != "" {
		return arn, nil
	}
	return "", fmt.Errorf("%w: the context does not come from an invocation; set Options.Function", ErrNoFunction)
}

// withTrace passes on the invocation's trace header, which Lambda's loop detection
// needs. The SDK takes it from the environment, where it is missing when a process
// serves several invocations at once.
func withTrace(ctx context.Context) func(*lambda.Options) {
	trace, _ := ctx.Value("x-amzn-trace-id").(string)
	return func(o *lambda.Options) {
		if trace != "" {
			o.APIOptions = append(o.APIOptions, smithyhttp.SetHeaderValue("X-Amzn-Trace-Id", trace))
		}
	}
}
