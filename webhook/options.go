package webhook

import (
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

func options(secret string, opts []func(*Options)) (Options, []string, error) {
	o := Options{Tolerance: 5 * time.Minute, MaxBody: 1 << 20, Now: time.Now, Logger: slog.Default()}
	for _, opt := range opts {
		opt(&o)
	}
	secrets := append([]string{secret}, o.Secrets...)
	for i, s := range secrets {
		if strings.TrimSpace(s) == "" {
			return o, nil, fmt.Errorf("webhook: secret %d of %d is empty", i+1, len(secrets))
		}
	}
	if o.Tolerance <= 0 || o.MaxBody <= 0 || o.Now == nil || o.Logger == nil {
		return o, nil, fmt.Errorf("webhook: Tolerance and MaxBody must be above 0, Now and Logger must not be nil")
	}
	return o, secrets, nil
}
