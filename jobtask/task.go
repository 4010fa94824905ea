package jobtask

import (
	"context"
	"log/slog"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/internal/recent"
	"github.com/asyncpatterns/asyncpatterns/internal/taskctx"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// Options are the optional settings of a [Task]. By default Task and Run change nothing.
type Options struct {
	// Logger is that of the self-invoke, of each run, and of a [Worker]'s stream and
	// sweeps. Default [slog.Default].
	Logger *slog.Logger

	// Task changes the options of the self-invoke.
	Task func(*selfinvoke.Options)

	// Run changes the options of each run of a job. New calls it once to check them.
	Run func(*jobstore.RunOptions)

	// OnConflict is called when [Task.Start] finds a job with its ID and another input.
	// Start goes on with that job if OnConflict returns nil, and fails with its error
	// otherwise. With nil the sender is content. With an error it sends the webhook
	// again, Stripe for days: return one only where a repeat may bring the first input.
	// The provider is the first part of the ID, if that is a webhook.Delivery's key.
	// Default: a warning is logged, without the inputs, and nil returned.
	OnConflict func(ctx context.Context, c Conflict) error

	// RetryFailed has [Task.Start] reopen a job that has ended as failed, as
	// [jobstore.Retry] does, and run it with the input that is stored: the sender's
	// "redeliver" button tries again. Leave it off where senders repeat by themselves,
	// as each repeat gives the job all its attempts again. A job that is complete or was
	// canceled stays so. When the invoke of a reopened job fails, Start returns the error,
	// but a further repeat finds a job that has begun: only a [jobstore.Sweep] starts it.
	// The store must be a [jobstore.Retrier].
	RetryFailed bool
}

// Task runs the jobs of a store, one in each invocation. Its payload is the job's ID, and the
// size of a large job's record.
// An ID that the store does not have runs nothing: it is logged, and not an error.
//
// Make one with [New] and pass it to [selfinvoke.Wrap]: it is a
// [selfinvoke.AnyTask].
type Task[In, Out any] struct {
	anyTask // the field below, without its exported methods
	task    *selfinvoke.Task[payload]
	store   jobstore.JobStore[In, Out]
	handler jobstore.Handler[In, Out]
	event   func(ctx context.Context, p payload) error // run, or a worker's
	seen    *recent.Set                                // finished jobs

	logger      *slog.Logger
	runOptions  func(*jobstore.RunOptions)
	onConflict  func(context.Context, Conflict) error
	retryFailed bool
}

type anyTask = selfinvoke.AnyTask

// New returns a task. It panics when an argument is missing or an option is out of
// range.
func New[In, Out any](name string, client selfinvoke.Client, store jobstore.JobStore[In, Out], handler jobstore.Handler[In, Out], opts ...func(*Options)) *Task[In, Out] {
	var o Options
	o.setDefaults()
	option.Apply("jobtask: New", &o, opts)
	return newTask("jobtask: New", name, client, store, handler, o)
}

func (o *Options) setDefaults() {
	o.Logger = slog.Default()
	o.Task, o.Run = func(*selfinvoke.Options) {}, func(*jobstore.RunOptions) {}
	o.OnConflict = func(ctx context.Context, c Conflict) error { return c.log(ctx, o.Logger) }
}

func (o *Options) task(s *selfinvoke.Options) {
	s.Logger = o.Logger
	o.Task(s)
}

func (o *Options) run(r *jobstore.RunOptions) {
	r.Logger = o.Logger
	o.Run(r)
}

// newTask panics as the named constructor.
func newTask[In, Out any](constructor, name string, client selfinvoke.Client, store jobstore.JobStore[In, Out], handler jobstore.Handler[In, Out], o Options) *Task[In, Out] {
	switch {
	case name == "":
		panic(constructor + ": name is empty")
	case client == nil:
		panic(constructor + ": client is nil")
	case store == nil:
		panic(constructor + ": store is nil")
	case handler == nil:
		panic(constructor + ": handler is nil")
	}
	o.check(constructor)
	checkRetry(constructor, store, o)
	t := &Task[In, Out]{store: store, handler: handler, runOptions: o.run, logger: o.Logger, seen: &recent.Set{}, onConflict: o.OnConflict, retryFailed: o.RetryFailed}
	t.event = t.run
	defer option.Rename("selfinvoke: NewTask: ", constructor+": Options.Task: ")
	t.task = selfinvoke.NewTask(name, client, func(ctx context.Context, p payload) error {
		return t.event(ctx, p)
	}, o.task)
	t.anyTask = t.task
	return t
}

func (o *Options) check(constructor string) {
	switch {
	case o.Logger == nil:
		panic(constructor + ": Options.Logger is nil, want slog.New(slog.DiscardHandler) for no logs")
	case o.Task == nil:
		panic(constructor + ": Options.Task is nil")
	case o.Run == nil:
		panic(constructor + ": Options.Run is nil")
	case o.OnConflict == nil:
		panic(constructor + ": Options.OnConflict is nil")
	}
	defer option.Rename("jobstore: Run: ", constructor+": Options.Run: ")
	jobstore.CheckRunOptions(o.Run)
}

// run runs a job, of which Lambda may deliver a duplicate.
func (t *Task[In, Out]) run(ctx context.Context, p payload) error {
	return t.runWith(taskctx.Own(ctx, p.id), p, t.handler)
}

func (t *Task[In, Out]) runWith(ctx context.Context, p payload, handler jobstore.Handler[In, Out]) error {
	known := func(o *jobstore.RunOptions) { o.Redelivered, o.Size = t.seen.Has(p.id), p.size }
	err := jobstore.IgnoreTerminal(jobstore.Run(ctx, t.store, p.id, handler, known, t.runOptions))
	if err == nil {
		t.seen.Add(p.id)
	}
	return err
}
