package webhook

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// Options are the optional settings of a verifier with a secret. A value out of
// range makes the constructor panic.
type Options struct {
	// Secrets are accepted besides the constructor's, while a secret is rotated.
	Secrets []string

	// Tolerance is how far a timestamp may be from now, in the past or in the
	// future. Default 5 minutes. Where no time is signed, as by GitHub and Shopify,
	// it would protect from nothing, and must not be set.
	Tolerance time.Duration

	// MaxBody is the longest body that is accepted, in bytes. Default 1 MiB.
	MaxBody int

	// Now is the clock. Default [time.Now].
	Now func() time.Time

	// Logger gets one line for each delivery whose handler failed. Default
	// [slog.Default].
	Logger *slog.Logger
}

// FuncOptions are the optional settings of [NewFunc]. A value out of range makes it
// panic.
type FuncOptions struct {
	// MaxBody is the longest body that is accepted, in bytes. Default 1 MiB.
	MaxBody int

	// Logger gets one line for each delivery whose handler failed. Default
	// [slog.Default].
	Logger *slog.Logger
}

const defaultMaxBody = 1 << 20

// newOptions applies opts once. Timed is whether a time is signed. It panics as the
// named constructor.
func newOptions(constructor string, timed bool, opts []func(*Options)) Options {
	o := Options{MaxBody: defaultMaxBody, Now: time.Now, Logger: slog.Default()}
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
	return &Verifier{provider: p, maxBody: o.MaxBody, logger: o.Logger}
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

// keys returns what parse makes of the secret and of those in rotation. Its errors
// name a secret by its place, never by its text.
func keys[K any](constructor, secret string, o Options, parse func(string) (K, error)) ([]K, error) {
	secrets := append([]string{secret}, o.Secrets...)
	out := make([]K, len(secrets))
	for i, s := range secrets {
		k, err := parseSecret(s, parse)
		if err != nil {
			return nil, fmt.Errorf("webhook: %s: secret %d of %d %w", constructor, i+1, len(secrets), err)
		}
		out[i] = k
	}
	return out, nil
}

// parseSecret refuses white space around a secret. It comes with a file or a variable
// that ends in a newline, and no webhook would verify.
func parseSecret[K any](secret string, parse func(string) (K, error)) (k K, err error) {
	switch trimmed := strings.TrimSpace(secret); trimmed {
	case "":
		return k, errors.New("is empty")
	case secret:
		return parse(secret)
	}
	return k, errors.New("begins or ends with white space")
}
