package webhook

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Options are the optional settings of a verifier.
type Options struct {
	// Secrets are accepted beside the first, while a secret is rotated.
	Secrets []string

	// Tolerance is how far a time stamp may be from now, either way. Default 5 min.
	Tolerance time.Duration

	// MaxBody is the longest body that is hashed, in bytes. Default 1 MiB.
	MaxBody int

	// Now is the clock. Default [time.Now].
	Now func() time.Time

	// Logger gets one line for each delivery whose handler failed. Default
	// [slog.Default].
	Logger *slog.Logger
}

func options(opts []func(*Options)) (Options, error) {
	o := Options{Tolerance: 5 * time.Minute, MaxBody: 1 << 20, Now: time.Now, Logger: slog.Default()}
	for _, opt := range opts {
		opt(&o)
	}
	if o.Tolerance <= 0 || o.MaxBody <= 0 || o.Now == nil || o.Logger == nil {
		return o, errors.New("webhook: Options: Tolerance and MaxBody must be above 0, Now and Logger must not be nil")
	}
	return o, nil
}

// keys returns what parse makes of the secret and of those in rotation. Its
// errors name a secret by its place.
func keys[K any](secret string, o Options, parse func(string) (K, error)) ([]K, error) {
	secrets := append([]string{secret}, o.Secrets...)
	out := make([]K, len(secrets))
	for i, s := range secrets {
		if strings.TrimSpace(s) == "" {
			return nil, fmt.Errorf("webhook: secret %d of %d is empty", i+1, len(secrets))
		}
		k, err := parse(s)
		if err != nil {
			return nil, fmt.Errorf("webhook: secret %d of %d %w", i+1, len(secrets), err)
		}
		out[i] = k
	}
	return out, nil
}
