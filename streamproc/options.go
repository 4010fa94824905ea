package streamproc

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
)

// Options are the optional settings of a [Dispatcher].
type Options struct {
	// Filter selects the records that reach the handler. Default [Pending]("status").
	Filter Filter

	// Needs are the images that the handler, or a filter of your own, needs. A record
	// without them is an error that names the stream's view type, even when the
	// filter would skip it. An INSERT needs no old image, a REMOVE no new one. A
	// [Record] then has these images; others are ignored. KeysOnly decodes only the
	// keys.
	//
	// By default a record that reaches the handler must have the images that the
	// filter looks at and, unless it is a REMOVE, the new image. It has the old image
	// when the stream has it.
	Needs ViewType

	// Writes names the attributes that the handler writes back to its own table.
	// A MODIFY that changes nothing else is skipped as the handler's own, to prevent
	// an endless loop: Lambda's loop detection does not cover DynamoDB. It needs both
	// images. Pending and StatusChanged need no such guard as long as the handler
	// leaves the status alone.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
	Writes []string

	// Concurrency is how many records of a batch are handled at once. The default,
	// 1, keeps all records in order. Above it, the records of one item stay in order.
	// After a failure no record is started, and the first unfinished record is
	// reported. Lambda then delivers later records again, even finished ones.
	Concurrency int

	// MinTime is the least time that a record is started with: with that or less left
	// before the deadline, it is reported and delivered again. An invocation that has no
	// more to begin with fails with a [*TimeoutError]. 0, the default, is a tenth of
	// the invocation's time, and at least 2 s.
	MinTime time.Duration

	// Logger gets one line for each record that failed, with the attributes
	// record, of, sequenceNumber and error, and stack after a panic. A record that
	// was not started is logged at level info, see [ErrNotStarted]. A line has no
	// values of the record. It has the handler's error, or the type of a panic value
	// that is not an error.
	// Default [slog.Default]; nil panics.
	Logger *slog.Logger
}

func newOptions(opts []func(*Options)) Options {
	o := Options{Filter: Pending("status"), Concurrency: 1, Logger: slog.Default()}
	option.Apply("streamproc: New", &o, opts)
	o.check()
	return o
}

// check panics when an option is unusable.
func (o *Options) check() {
	switch {
	case o.Filter.match == nil:
		panic("streamproc: New: Options.Filter is empty, want Pending, StatusChanged or Where")
	case o.Needs != "" && !o.Needs.known():
		panic(fmt.Sprintf("streamproc: New: Options.Needs is %q, want KeysOnly, NewImage, OldImage or NewAndOldImages", o.Needs))
	case o.Concurrency < 1:
		panic(fmt.Sprintf("streamproc: New: Options.Concurrency is %d, want at least 1", o.Concurrency))
	case o.MinTime < 0:
		panic(fmt.Sprintf("streamproc: New: Options.MinTime is %v, want at least 0", o.MinTime))
	case slices.Contains(o.Writes, ""):
		panic("streamproc: New: Options.Writes has an empty name")
	case o.Logger == nil:
		panic("streamproc: New: Options.Logger is nil, want slog.New(slog.DiscardHandler) for no logs")
	}
}
