package selfinvoke

import (
	"context"
	"fmt"
	"log/slog"
	"time"
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

	// EndingBefore is how long before the deadline [Ending] becomes true.
	// Default 1 min. A function whose own timeout is no longer than this is
	// ending from the start, and would hand over without a step until MaxHops.
	EndingBefore time.Duration

	// Keys seal the task's envelopes with an HMAC of all their fields, and have
	// those refused that are not sealed. The first key seals, each is accepted:
	// to rotate, put the new one behind the old one, deploy, and swap them. Each
	// has at least 16 bytes; none at all, in a list that is not nil, is refused.
	// Events that wait in the queue when the first key is introduced are refused
	// too, and end in the dead-letter queue.
	Keys [][]byte

	// MaxAge is how old a sealed envelope may be. Default 6 h and 5 min, since
	// Lambda keeps an event for 6 h at most. Within it a copy of an envelope
	// passes again: [ID] tells.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
	MaxAge time.Duration

	// Inject and Extract carry a trace over: Inject puts the context's into the
	// map, which travels in the envelope, and Extract puts it into the task's
	// context. With OpenTelemetry they are the propagator's methods of those
	// names on a propagation.MapCarrier. Default: nothing is carried.
	//
	// Source: https://www.w3.org/TR/trace-context/
	Inject  func(ctx context.Context, trace map[string]string)
	Extract func(ctx context.Context, trace map[string]string) context.Context

	// OnError is called with each error that the task returns to Lambda, after
	// it has been logged; a panic is a [*PanicError]. Default: nothing.
	OnError func(ctx context.Context, err error)

	// Logger gets one line for each attempt that failed, with the attributes
	// task, id, hop and error, and stack after a panic; and at level debug one
	// for each event that Lambda accepted and for each attempt that succeeded.
	// None holds a payload. Default [slog.Default].
	Logger *slog.Logger
}

func newOptions(opts []func(*Options)) Options {
	o := Options{Timeout: 2 * time.Second, MaxHops: 12, EndingBefore: time.Minute, MaxAge: 6*time.Hour + skew}
	for _, opt := range opts {
		opt(&o)
	}
	if o.Inject == nil {
		o.Inject = func(context.Context, map[string]string) {}
	}
	if o.Extract == nil {
		o.Extract = func(ctx context.Context, _ map[string]string) context.Context { return ctx }
	}
	if o.OnError == nil {
		o.OnError = func(context.Context, error) {}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// check refuses what no task could work with.
func (o *Options) check() error {
	switch {
	case o.Timeout <= 0:
		return fmt.Errorf("Options.Timeout is %v, want more than 0", o.Timeout)
	case o.MaxHops < 1:
		return fmt.Errorf("Options.MaxHops is %d, want at least 1", o.MaxHops)
	case o.MaxAge <= 0:
		return fmt.Errorf("Options.MaxAge is %v, want more than 0", o.MaxAge)
	}
	return keys(o.Keys).check()
}
