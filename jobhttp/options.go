package jobhttp

import (
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Options are the optional settings of [New].
type Options struct {
	// MaxBody is the longest input, in bytes. Default 256 KiB.
	MaxBody int64

	// PollInterval is the shortest time between two reads of a watched job, however many
	// watch it. While the job does not change the time grows to a tenth of that since the
	// last change, and a large record is read for no more than 20 read units of DynamoDB, 80 KB, a
	// second. Default 500 ms. A [jobstore.Notifier] is read when the job changes. As a read
	// is for all who watch the job, its context has no values of a request: make one handler for
	// each tenant.
	PollInterval time.Duration

	// MaxPollInterval is the longest time between two reads of a watched job. Default ten
	// times the PollInterval.
	MaxPollInterval time.Duration

	// MaxWait is the longest wait that a client can ask for with ?wait=. Default 20 s, which
	// API Gateway and a load balancer let pass.
	MaxWait time.Duration

	// MaxWatch is the longest watch. The client then connects again, and is authorized
	// again. Default one minute on Lambda, where it is also for how long a client that has hung up
	// keeps a slot of the function, and 15 min elsewhere. A request whose context has a
	// deadline, as that of each invocation, is taken for one on Lambda. An adapter that has no context
	// of the invocation, such as the Lambda Web Adapter, needs a MaxWatch.
	MaxWatch time.Duration

	// MaxWatchers is how many may watch jobs or wait for them at once, in this process. One
	// more is answered with 503. A watcher takes about 26 KB of memory, and its request's header,
	// which a server bounds by its MaxHeaderBytes. A watched job whose record is large takes up
	// more places, one for each 13 KB, but no more than a tenth of these and of
	// MaxCallerWatchers. Answers of more than 26 KB that are not read yet have as many bytes at once
	// as all watchers, and those of a caller as many as the caller's: 260 MB and 26 MB by default. A job that becomes
	// large while it is watched counts there too. Until there is room, its watchers wait. A client that
	// does not read is dropped only if the ResponseWriter of a middleware in front has an Unwrap method.
	// Default 10,000.
	MaxWatchers int

	// MaxJobWatchers is how many of them may watch one job. One more is answered with 429.
	// One caller may take nine tenths of them, and so may those with a read token, so that
	// others who may see the job can watch it too. Default 1,000.
	MaxJobWatchers int

	// MaxCallerWatchers is how many of them one caller may have, in all jobs: a single user
	// cannot take all. One more is answered with 429. Those who watch by a read token count for
	// the caller who created the job, apart from that caller's own, so a service that creates the jobs
	// of many visitors needs more, or a caller for each. Those of a caller without a
	// name are not bounded. Default a tenth of MaxWatchers, and at least 10.
	MaxCallerWatchers int

	// ShowInput, ShowMetadata and ShowHistory add input, metadata and history to the view of a job, as
	// members of these names. A history has
	// the reasons of failed attempts as readers see them. Default false.
	ShowInput, ShowMetadata, ShowHistory bool

	// AllowedOrigins are the other sites whose pages may use the API, such as
	// https://www.example.com, with the browser's cookies for it. Default none.
	AllowedOrigins []string

	// Prepare sets metadata, expiry, attempts or start time of a job from its request. The
	// options have the caller, and the ID if there is an Idempotency-Key; what Prepare makes of these is
	// ignored. With an ID, Redelivered is set: a repeat then costs a read and not a write of the
	// whole record, and the first request one read more. Prepare may take that back. An error is answered as that of an [Authorize], such as a [Refusal] of a caller
	// who has too many jobs, and one that is a [jobstore.ErrInvalid] with 400. Prepare is called for
	// a repeated request too, whose job exists. Default nil.
	Prepare func(r *http.Request, o *jobstore.CreateOptions) error

	// ReadTokens let a page read and watch one job without a session, for up to 15
	// minutes. POST /{id}/token then answers with a token for a job that the caller may
	// read. Default none.
	ReadTokens ReadTokens

	// Logger gets the errors that a client sees only as status 500. Default
	// [slog.Default].
	Logger *slog.Logger
}

// options returns the settings of opts, and panics when one is out of range.
func options(opts []func(*Options)) Options {
	o := Options{
		MaxBody: 256 << 10, PollInterval: 500 * time.Millisecond, MaxWait: 20 * time.Second,
		MaxWatchers: 10_000, MaxJobWatchers: 1000, Logger: slog.Default(),
	}
	option.Apply("jobhttp: New", &o, opts)
	if o.MaxPollInterval == 0 {
		o.MaxPollInterval = max(10*min(o.PollInterval, math.MaxInt64/10), o.PollInterval)
	}
	if o.MaxCallerWatchers == 0 {
		o.MaxCallerWatchers = max(o.MaxWatchers/10, 10)
	}
	o.AllowedOrigins = slices.Clone(o.AllowedOrigins)
	o.check()
	return o
}

// watcherBytes is the memory of a watcher.
const watcherBytes = 26 << 10

// weight is how many places so many bytes take up beside a watcher.
func (o *Options) weight(size int) int {
	return max(0, min(size/watcherBytes, o.MaxCallerWatchers/10-1, o.MaxWatchers/10-1))
}

// mostOfJob is how many of a job's watchers one caller may have. At least one is for others.
func (o *Options) mostOfJob() int { return max(1, o.MaxJobWatchers-(o.MaxJobWatchers-1)/10-1) }

func (o Options) check() {
	switch {
	case o.MaxBody < 1:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxBody is %d, want at least 1", o.MaxBody))
	case o.PollInterval <= 0:
		panic(fmt.Sprintf("jobhttp: New: Options.PollInterval is %v, want more than 0", o.PollInterval))
	case o.MaxPollInterval < o.PollInterval:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxPollInterval is %v, want at least the PollInterval, %v", o.MaxPollInterval, o.PollInterval))
	case o.MaxWait <= 0:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxWait is %v, want more than 0", o.MaxWait))
	case o.MaxWatchers < 1:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxWatchers is %d, want at least 1", o.MaxWatchers))
	case o.MaxJobWatchers < 1:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxJobWatchers is %d, want at least 1", o.MaxJobWatchers))
	case o.MaxCallerWatchers < 1:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxCallerWatchers is %d, want at least 1", o.MaxCallerWatchers))
	case o.MaxWatch < 0:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxWatch is %v, want at least 0", o.MaxWatch))
	case o.Logger == nil:
		panic("jobhttp: New: Options.Logger is nil")
	}
	for _, origin := range o.AllowedOrigins {
		if !isOrigin(origin) {
			panic(fmt.Sprintf("jobhttp: New: Options.AllowedOrigins has %q, want an origin such as https://www.example.com", origin))
		}
	}
}
