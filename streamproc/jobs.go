package streamproc

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// JobsOptions are the optional settings of [Jobs] and [IDs].
type JobsOptions struct {
	Options

	// IDAttribute is the table's key. Default "id".
	IDAttribute string

	// Run changes the settings of [jobstore.Run]; only for Jobs.
	Run func(*jobstore.RunOptions)
}

// Jobs returns a dispatcher that runs the job of each pending INSERT: it claims
// the job in store, calls handler and settles the job, see [jobstore.Run]. A job
// that is finished for good never blocks the shard, even when it ended in error;
// one to try again is reported, and Lambda delivers it again. The record's image
// is not decoded: the claim returns the job as it is.
//
// Jobs panics when store or handler is nil.
func Jobs[In, Out any](store jobstore.JobStore[In, Out], handler jobstore.Handler[In, Out], opts ...func(*JobsOptions)) *Dispatcher {
	if store == nil || handler == nil {
		panic("streamproc: Jobs: store or handler is nil")
	}
	run := jobsOptions(opts).Run
	return IDs(func(ctx context.Context, id string) error {
		return jobstore.IgnoreTerminal(jobstore.Run(ctx, store, id, handler, run))
	}, opts...)
}

// IDs returns a dispatcher that hands the ID of each pending INSERT to handler,
// which starts the job somewhere else, say in an invocation of its own. The
// record's image is not decoded. IDs panics when handler is nil.
func IDs(handler func(ctx context.Context, id string) error, opts ...func(*JobsOptions)) *Dispatcher {
	if handler == nil {
		panic("streamproc: IDs: handler is nil")
	}
	o := jobsOptions(opts)
	return newDispatcher(o.Options, func(ctx context.Context, raw *RawRecord) error {
		id := raw.Keys().String(o.IDAttribute)
		if id == "" {
			return fmt.Errorf("the record's Keys have no string %q", o.IDAttribute)
		}
		return handler(ctx, id)
	})
}

func jobsOptions(opts []func(*JobsOptions)) JobsOptions {
	o := JobsOptions{Options: options(nil), IDAttribute: "id", Run: func(*jobstore.RunOptions) {}}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
