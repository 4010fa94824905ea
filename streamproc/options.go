package streamproc

import (
	"log/slog"
	"time"
)

// Options are the optional settings of a [Dispatcher].
type Options struct {
	// Filter picks the records that reach the handler; the others are skipped
	// without being decoded. Default [Pending].
	Filter func(*RawRecord) bool

	// Margin is kept free before the invocation's deadline: no record is
	// started in it. Default 1 s.
	Margin time.Duration

	// Logger gets one line for each record that failed. Default [slog.Default].
	Logger *slog.Logger
}

func options(opts []func(*Options)) Options {
	o := Options{Filter: Pending, Margin: time.Second, Logger: slog.Default()}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Pending is the default filter: an INSERT whose status is "pending". An INSERT
// without a new image passes too, so that it fails with an error that names the
// stream's view type instead of being skipped.
func Pending(r *RawRecord) bool {
	return r.Operation == Insert && (r.newImage == nil || r.NewString("status") == "pending")
}
