package jobevents

import (
	"fmt"
	"log/slog"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Options are the optional settings of a [Publisher].
type Options struct {
	// Namespace is the first segment of each channel. Default "jobs".
	Namespace string

	// Channel returns the other segments of a job's channel, at most four, as texts: each is
	// encoded by [Segment]. caller is who created the job, see [jobstore.CreateOptions].
	// A job whose channel is nil is not published. Jobs may share a channel, such as one
	// for all jobs of a caller. Default [ByJob]. With a Layout.Partition the id has both keys,
	// "partition:id", see [ByPartition].
	Channel func(id, caller string) []string

	// Layout has the names of the table's attributes: the Layout of the jobs' store.
	// Default [jobstore.DefaultLayout].
	Layout jobstore.Layout

	// Concurrency is how many requests an invocation makes at once. Default 8.
	Concurrency int

	// MaxEventBytes is the largest event that is published whole, in bytes of the request.
	// Default 240,000, at most 245,760: AppSync drops larger ones without an error.
	//
	// Source: https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-concepts.html
	MaxEventBytes int

	// Logger gets one line for each job that could not be published. Lines hold neither
	// outputs nor keys. Default [slog.Default]; nil panics.
	Logger *slog.Logger
}

// largest is AppSync's limit of an event, 240 KB, as the larger reading of KB has it. The
// default is that of the smaller.
const largest = 240 << 10

func newOptions(opts []func(*Options)) *Options {
	o := &Options{
		Namespace: "jobs", Channel: ByJob, Layout: jobstore.DefaultLayout(),
		Concurrency: 8, MaxEventBytes: 240_000, Logger: slog.Default(),
	}
	option.Apply("jobevents: New", o, opts)
	o.check()
	return o
}

// leastEvent is what an event without its output takes at most.
const leastEvent = 16 << 10

func (o *Options) check() {
	switch l := o.Layout; {
	case !plain.MatchString(o.Namespace):
		panic(fmt.Sprintf("jobevents: New: Options.Namespace is %q, want 1 to 50 letters, digits and dashes, with no dash at its ends", o.Namespace))
	case o.Channel == nil:
		panic("jobevents: New: Options.Channel is nil, want ByJob, ByCaller or ByPartition")
	case l.ID == "" || l.Status == "" || l.Attempt == "" || l.Reports == "" || l.UpdatedAt == "":
		panic("jobevents: New: Options.Layout has no name for ID, Status, Attempt, Reports or UpdatedAt")
	case o.Concurrency < 1:
		panic(fmt.Sprintf("jobevents: New: Options.Concurrency is %d, want at least 1", o.Concurrency))
	case o.MaxEventBytes < leastEvent || o.MaxEventBytes > largest:
		panic(fmt.Sprintf("jobevents: New: Options.MaxEventBytes is %d, want %d to %d", o.MaxEventBytes, leastEvent, largest))
	case o.Logger == nil:
		panic("jobevents: New: Options.Logger is nil, want slog.New(slog.DiscardHandler) for no logs")
	}
}
