package selfinvoke

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// Options are the optional settings of a [Task].
type Options struct {
	// Function is the ARN or name of the function to invoke. Default: the ARN in
	// the context, by which the current invocation was called.
	Function string

	// Timeout bounds the call to Lambda, with its retries, whatever is answered. The default of 2 s
	// leaves room inside the three seconds that Slack waits.
	Timeout time.Duration

	// MaxHops is how many asynchronous invocations may follow one another.
	// Default 12, below the 16 or so at which Lambda stops a loop.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
	MaxHops int

	// EndingBefore is how long before the deadline [Ending] becomes true.
	// Default 1 min. Keep it well below the function's timeout: otherwise Ending
	// is true from the start, and a task that asks it first makes no progress
	// before MaxHops stops it.
	EndingBefore time.Duration

	// Keys seal the envelopes that the task sends; it then refuses envelopes that
	// are not sealed. Default: no seal. Events that are in Lambda's queue when a
	// function gets its first keys are refused too, and end in the dead-letter
	// queue.
	Keys Keys

	// MaxAge is how old a sealed envelope may be. Default 6 h and 5 min, as
	// Lambda keeps an event for at most 6 h. A copy of an envelope that is
	// younger is accepted: compare [ID] to recognize it.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
	MaxAge time.Duration

	// Audience is for whom the envelopes of this task are sealed. An envelope that was
	// sealed for another audience is refused, so that one of staging does not run in
	// production, even with the same keys. Default: the ARN of the function, without
	// version or alias. It takes account and region from the running function where
	// Function leaves them out.
	//
	// Set the same text at the sender and the function if the stages are versions of one
	// function, if events are moved to another function, or if a sender outside Lambda
	// knows only the function's name.
	Audience string

	// Inject and Extract carry a trace from the caller to the task. Inject writes
	// the trace of ctx into the map, which travels in the envelope. Extract reads
	// the map and returns the task's context. Both methods of OpenTelemetry's
	// propagators fit, with a propagation.MapCarrier. Default: nil, for no trace.
	//
	// Source: https://www.w3.org/TR/trace-context/
	Inject  func(ctx context.Context, trace map[string]string)
	Extract func(ctx context.Context, trace map[string]string) context.Context

	// OnError is called with each error that the task returns to Lambda, after
	// the error is logged. A panic is a [*PanicError]. Default: nil, for no call.
	OnError func(ctx context.Context, err error)

	// Logger gets one line for each attempt that failed, with the attributes
	// task, id, hop and error, and stack after a panic. At level debug it gets a
	// line for each event that Lambda accepted and each attempt that succeeded.
	// No line holds a payload. Default [slog.Default]; nil panics.
	Logger *slog.Logger
}

// defaultMaxAge is as long as Lambda keeps an event, and the skew of two clocks.
const defaultMaxAge = 6*time.Hour + skew

func newOptions(opts []func(*Options)) Options {
	o := Options{
		Timeout: 2 * time.Second, MaxHops: 12, EndingBefore: time.Minute, MaxAge: defaultMaxAge,
		Logger: slog.Default(),
	}
	option.Apply("selfinvoke: NewTask", &o, opts)
	return o
}

// check returns what is wrong with the options, or "".
func (o *Options) check() string {
	switch {
	case o.Timeout <= 0:
		return fmt.Sprintf("Options.Timeout is %v, want more than 0", o.Timeout)
	case o.MaxHops < 1:
		return fmt.Sprintf("Options.MaxHops is %d, want at least 1", o.MaxHops)
	case o.EndingBefore < 0:
		return fmt.Sprintf("Options.EndingBefore is %v, want at least 0", o.EndingBefore)
	case o.MaxAge <= 0:
		return fmt.Sprintf("Options.MaxAge is %v, want more than 0", o.MaxAge)
	case o.MaxAge != defaultMaxAge && len(o.Keys.all()) == 0:
		return fmt.Sprintf("Options.MaxAge is %v, but without Keys no envelope is sealed", o.MaxAge)
	case o.Audience != "" && len(o.Keys.all()) == 0:
		return fmt.Sprintf("Options.Audience is %q, but without Keys no envelope is sealed", o.Audience)
	case o.Logger == nil:
		return "Options.Logger is nil, want slog.New(slog.DiscardHandler) for no logs"
	}
	return ""
}
