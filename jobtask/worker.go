package jobtask

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// WorkerOptions are the optional settings of a [Worker]. By default Stream, Sweep and
// OnSweep change and do nothing.
type WorkerOptions struct {
	// Options are the task's. To do the work in another function than the one that has
	// the triggers, set the Function of Options.Task in the latter.
	Options

	// Stream changes the options of the stream's dispatcher.
	Stream func(*jobstream.FuncOptions)

	// Sweep changes the options of each sweep. MaxUnclaimed is 5 unless MaxJobs is 1.
	Sweep func(*jobstore.SweepOptions)

	// OnSweep is called after each sweep, such as for a metric.
	OnSweep func(ctx context.Context, s jobstore.Swept)

	// MaxJobs is how many jobs one invocation may run, one after the other. An
	// invocation that is done with its job, and has a third of its time left and twice what
	// the longest job took, runs another one that has waited for 15 seconds. Otherwise
	// Lambda would leave slots of the reserved concurrency idle, since an event that was
	// throttled waits for up to five minutes. An attempt at another job that returns
	// [context.DeadlineExceeded] when the time is over does not count, ten times for each
	// job. An invocation whose time is over while jobs wait sends an event for one of them.
	// It costs two read units for each job, and needs a [jobstore.Picker]. With 1 each job
	// has an invocation of its own, which is better where many jobs take longer than a
	// third of the function's timeout. Default 100.
	MaxJobs int
}

// Worker returns the handler of a function with three triggers:
//
//   - The stream of the jobs' table. Each pending job is run in an invocation of its own.
//   - Its own asynchronous events. Each runs one job, and then others that wait, whose
//     contexts have nothing of the event's metadata and trace.
//   - A schedule, each minute: a rule of EventBridge, or EventBridge Scheduler, without an
//     input of its own. It runs [jobstore.Sweep], which starts the jobs that waited
//     until they were due, whose event was lost, or whose worker died.
//
// Any other event is an [*EventError]. A sweep that fails is a [*SweepError].
//
// A job that waits or that another worker holds does not fail its event, since the sweep
// starts it. So it never holds up another job, or ends in the dead-letter queue.
//
// Worker panics when an argument is missing, an option is unusable, or store is not a
// [jobstore.Sweeper].
func Worker[In, Out any](name string, client selfinvoke.Client, store jobstore.JobStore[In, Out], handler jobstore.Handler[In, Out], opts ...func(*WorkerOptions)) lambda.Handler {
	const constructor = "jobtask: Worker"
	o := WorkerOptions{
		Stream:  func(*jobstream.FuncOptions) {},
		Sweep:   func(*jobstore.SweepOptions) {},
		OnSweep: func(context.Context, jobstore.Swept) {},
		MaxJobs: 100,
	}
	o.setDefaults()
	option.Apply(constructor, &o, opts)
	o.checkWorker(constructor)
	w := &worker[In, Out]{opts: o}
	w.task = newTask(constructor, name, client, store, handler, o.Options)
	w.task.event = w.event
	if w.sweeper, _ = jobstore.As[jobstore.Sweeper](store); w.sweeper == nil {
		panic(fmt.Sprintf("%s: store %T is not a jobstore.Sweeper: nothing would start a job that waits", constructor, store))
	}
	w.picker, _ = jobstore.As[jobstore.Picker](store)
	w.stream = w.task.dispatcher(constructor, []func(*jobstream.FuncOptions){o.Stream})
	return selfinvoke.Wrap(w, w.task)
}

func (o *WorkerOptions) checkWorker(constructor string) {
	switch {
	case o.Stream == nil:
		panic(constructor + ": WorkerOptions.Stream is nil")
	case o.Sweep == nil:
		panic(constructor + ": WorkerOptions.Sweep is nil")
	case o.OnSweep == nil:
		panic(constructor + ": WorkerOptions.OnSweep is nil")
	case o.MaxJobs < 1:
		panic(fmt.Sprintf("%s: WorkerOptions.MaxJobs is %d, want at least 1", constructor, o.MaxJobs))
	}
}

// worker is the handler of the events other than envelopes.
type worker[In, Out any] struct {
	opts    WorkerOptions
	task    *Task[In, Out]
	stream  lambda.Handler
	sweeper jobstore.Sweeper
	picker  jobstore.Picker // nil when the store is none
}

// Invoke implements lambda.Handler.
func (w *worker[In, Out]) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	switch kind := kindOf(event); kind {
	case ofStream:
		return w.stream.Invoke(ctx, event)
	case ofSchedule:
		return w.sweep(ctx)
	default:
		return nil, &EventError{Reason: string(kind)}
	}
}
