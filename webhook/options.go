package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// Options are the optional settings of a verifier with a secret. A value out of
// range makes the constructor panic.
type Options struct {
	// Secrets are accepted besides the constructor's, while a secret is rotated.
	Secrets []string

	// AllowWeakSecrets accepts secrets that the provider does not issue, such as those
	// in published test vectors. It is for tests. Secrets that are empty, have white space
	// around them or are something else altogether are still refused.
	AllowWeakSecrets bool

	// Endpoint names what is behind the secret, such as a tenant or one of several
	// webhooks. It is a part of [Delivery.Key], so that senders with different secrets
	// cannot use up each other's keys. Default: empty, which is enough for one secret of
	// each provider in a table.
	Endpoint string

	// Tolerance is how far a timestamp may be from now, in the past or in the
	// future. Default 5 minutes. Where no time is signed, as by GitHub and Shopify,
	// it would protect from nothing, and must not be set.
	Tolerance time.Duration

	// MaxBody is the longest body that is accepted, in bytes. Default 1 MiB; for GitHub
	// and Shopify, whose bodies may be longer, 6 MiB. A function URL, an API or a load
	// balancer passes on no more than that, and answers a longer one with 413 itself,
	// before your function is invoked.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	MaxBody int

	// Now is the clock. Default [time.Now].
	Now func() time.Time

	// OnRefused is called with each request that a [Handler] or
	// [Verifier.Middleware] refuses, after the refusal is logged and before it is
	// answered. Anyone can cause any number of calls. Default: nil, for no call.
	OnRefused func(ctx context.Context, refused *RefusedError)

	// Logger gets one line for each delivery whose handler failed and, at level
	// debug, one for each request that was refused. Default [slog.Default].
	Logger *slog.Logger
}

// FuncOptions are the optional settings of [NewFunc]. A value out of range makes it
// panic.
type FuncOptions struct {
	// Endpoint is as in [Options]. Default: that of a verifier which the function has
	// called. The [Delivery.Key] has that of both.
	Endpoint string

	// MaxBody is the longest body that is accepted, in bytes. Default 1 MiB.
	MaxBody int

	// OnRefused is as in [Options].
	OnRefused func(ctx context.Context, refused *RefusedError)

	// Logger gets one line for each delivery whose handler failed and, at level
	// debug, one for each request that was refused. Default [slog.Default].
	Logger *slog.Logger
}

const (
	defaultMaxBody = 1 << 20
	largeMaxBody   = 6 << 20 // what Lambda takes in a synchronous invocation
)

// newOptions applies opts once. Timed is whether a time is signed. It panics as the
// named constructor.
func newOptions(constructor string, timed bool, maxBody int, opts []func(*Options)) Options {
	o := Options{MaxBody: maxBody, Now: time.Now, Logger: slog.Default()}
	if timed {
		o.Tolerance = 5 * time.Minute
	}
	option.Apply("webhook: "+constructor, &o, opts)
	switch {
	case timed && o.Tolerance <= 0:
		panic(fmt.Sprintf("webhook: %s: Options.Tolerance is %v, want more than 0", constructor, o.Tolerance))
	case !timed && o.Tolerance != 0:
		panic(fmt.Sprintf("webhook: %s: Options.Tolerance is %v, but no time is signed", constructor, o.Tolerance))
	case o.Now == nil:
		panic("webhook: " + constructor + ": Options.Now is nil")
	}
	checkCommon(constructor+": Options", o.MaxBody, o.Logger)
	return o
}

func (o Options) clock() clock { return clock{now: o.Now, tolerance: o.Tolerance} }

func (o Options) verifier(p provider) *Verifier {
	return &Verifier{provider: p, endpoint: o.Endpoint, maxBody: o.MaxBody, onRefused: o.OnRefused, logger: o.Logger}
}

func newFuncOptions(opts []func(*FuncOptions)) FuncOptions {
	o := FuncOptions{MaxBody: defaultMaxBody, Logger: slog.Default()}
	option.Apply("webhook: NewFunc", &o, opts)
	checkCommon("NewFunc: FuncOptions", o.MaxBody, o.Logger)
	return o
}

func checkCommon(of string, maxBody int, logger *slog.Logger) {
	if maxBody < 1 {
		panic(fmt.Sprintf("webhook: %s.MaxBody is %d, want at least 1", of, maxBody))
	}
	if logger == nil {
		panic("webhook: " + of + ".Logger is nil")
	}
}
