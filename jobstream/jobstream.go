package jobstream

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/jobsize"
	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/internal/pairid"
	"github.com/asyncpatterns/asyncpatterns/internal/recent"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// FuncOptions are the optional settings of [NewFunc].
type FuncOptions struct {
	// Options are the dispatcher's. Needs is [streamproc.KeysOnly] by default: a job
	// is started by its key, and its image is not decoded. The filter still checks
	// that the stream has the images it looks at. The default filter picks the pending
	// jobs of Layout.
	streamproc.Options

	// Layout has the names of the table's attributes. The default is that of a table
	// with default names, and in [New] that of the store, when it is a
	// [jobstore.Layouter].
	Layout jobstore.Layout

	start func(claimableFrom string) bool // whether a job is started now, by its due time as text
}

// Options are the optional settings of [New].
type Options struct {
	FuncOptions

	// Run changes the options of each run of a job. New calls it once to check them. Their
	// defaults are those of [jobstore.Run], except that Logger is the dispatcher's, Backoff
	// ends at 2 min and MaxWait is as long: a job that waits holds up its shard, and Lambda
	// delivers its record again at once. For that reason MaxDelay is never more than Lease:
	// a job that asks for a longer wait, such as by [jobstore.Snooze], is run again earlier.
	// Default: no change.
	Run func(*jobstore.RunOptions)
}

// New returns a dispatcher that runs the job of each pending INSERT, see
// [jobstore.Run]. A job that ended as failed is on the job's record, and never blocks
// the shard. Lambda delivers the record of a job to retry again. A job that starts later
// than in a lease is a [*StartError].
//
// The mapping must have MaximumRetryAttempts: -1 and ReportBatchItemFailures.
//
// New panics when store or handler is nil or an option is unusable.
func New[In, Out any](store jobstore.JobStore[In, Out], handler jobstore.Handler[In, Out], opts ...func(*Options)) *streamproc.Dispatcher {
	switch {
	case store == nil:
		panic("jobstream: New: store is nil")
	case handler == nil:
		panic("jobstream: New: handler is nil")
	}
	o := Options{Run: func(*jobstore.RunOptions) {}}
	var seen recent.Set
	run := func(ctx context.Context, id string) error {
		var used jobstore.RunOptions
		err := jobstore.Run(ctx, store, id, handler, func(r *jobstore.RunOptions) {
			r.Redelivered, r.Size = seen.Has(id), jobsize.Of(ctx)
			o.runOptions(r)
			used = *r
		})
		if err = outcome(ctx, id, err, &used); err == nil {
			seen.Add(id)
		}
		return err
	}
	return newFunc("jobstream: New", "Options", run, func(f *FuncOptions) {
		if l, ok := jobstore.As[jobstore.Layouter](store); ok {
			f.Layout = l.Layout()
		}
		o.FuncOptions, o.start = *f, anyStart
		option.Apply("jobstream: New", &o, opts)
		o.check()
		*f = o.FuncOptions
	})
}

// longest is the longest wait for a job that has failed. Lambda delivers its record again
// at once, and the records behind it wait too. So the waits are short, and in place.
const longest = 2 * time.Minute

var backoff = jobstore.Exponential(15*time.Second, longest)

func (o *Options) runOptions(r *jobstore.RunOptions) {
	r.Backoff, r.MaxWait, r.Logger = backoff, longest, o.Logger
	o.Run(r)
	r.MaxDelay = min(r.MaxDelay, r.Lease)
}

func (o *Options) check() {
	switch {
	case o.Logger == nil:
		panic("jobstream: New: Options.Logger is nil, want slog.New(slog.DiscardHandler) for no logs")
	case o.Run == nil:
		panic("jobstream: New: Options.Run is nil")
	}
	defer option.Rename("jobstore: Run: ", "jobstream: New: Options.Run: ")
	jobstore.CheckRunOptions(o.runOptions)
}

// NewFunc returns a dispatcher that calls start with the ID of each pending INSERT, except
// those that start later than in ten seconds: they are skipped by their image, and
// [jobstore.Sweep] starts them.
// start has the job run elsewhere, such as in an invocation of its own. After an error of
// start Lambda delivers the record again.
//
// NewFunc panics when start is nil or an option is unusable.
func NewFunc(start func(ctx context.Context, id string) error, opts ...func(*FuncOptions)) *streamproc.Dispatcher {
	if start == nil {
		panic("jobstream: NewFunc: start is nil")
	}
	return newFunc("jobstream: NewFunc", "FuncOptions", start, opts...)
}

// newFunc panics as the named constructor, whose options have the given name.
func newFunc(constructor, options string, start func(context.Context, string) error, opts ...func(*FuncOptions)) *streamproc.Dispatcher {
	defer option.Rename("streamproc: New: Options", constructor+": "+options)
	o := FuncOptions{Layout: jobstore.DefaultLayout(), start: due}
	return streamproc.New(func(ctx context.Context, r streamproc.Record[struct{}]) error {
		id, err := jobID(r.Keys, &o.Layout)
		if err != nil {
			return err
		}
		if r.Operation == streamproc.Insert { // whose size is that of one image
			ctx = jobsize.With(ctx, r.SizeBytes)
		}
		return start(ctx, id)
	}, func(s *streamproc.Options) {
		o.Options = *s
		o.Needs, o.Filter = streamproc.KeysOnly, streamproc.Filter{}
		option.Apply(constructor, &o, opts)
		if o.Layout.ID == "" || o.Layout.Status == "" {
			panic(constructor + ": " + options + ".Layout has no name for ID or Status")
		}
		if o.Filter.IsZero() {
			o.Filter = pending(o.Layout, o.start)
		}
		*s = o.Options
	})
}

// pending picks the jobs of a table that are inserted as pending.
func pending(l jobstore.Layout, start func(string) bool) streamproc.Filter {
	f := streamproc.Inserted(l.Status, cmp.Or(l.Pending, string(jobstore.Pending)))
	if l.Marker.Name != "" {
		f = f.Having(l.Marker.Name, l.Marker.Value)
	}
	return f.And(func(r *streamproc.RawRecord) bool { return start(r.New().Number(l.ClaimableFrom)) })
}

// soon is what a job may wait for when its record comes: Run waits for that in place, and
// no schedule is faster.
const soon = 10 * time.Second

// anyStart lets Run see every job, which has no sweep to start it.
func anyStart(string) bool { return true }

// due is false of a job that starts later, by its due time as text.
func due(claimableFrom string) bool {
	ms, err := strconv.ParseInt(claimableFrom, 10, 64)
	return err != nil || time.Until(time.UnixMilli(ms)) <= soon
}

// jobID is the ID of the record's job. One of two keys is in no error: a tenant is personal.
func jobID(keys streamproc.Keys, l *jobstore.Layout) (string, error) {
	id, err := key(keys, l.ID)
	if err != nil || l.Partition == "" {
		return id, err
	}
	partition, err := key(keys, l.Partition)
	if err != nil {
		return "", err
	}
	joined, ok := pairid.Join(partition, id)
	if !ok {
		return "", fmt.Errorf("the record's key %q has a colon, which separates it from %q in a job's ID", l.ID, l.Partition)
	}
	return joined, nil
}

func key(keys streamproc.Keys, attribute string) (string, error) {
	for _, a := range keys {
		if a.Name == attribute && a.Type == "S" && a.Value != "" {
			return a.Value, nil
		}
	}
	return "", fmt.Errorf("the record's Keys have no string %q", attribute)
}
