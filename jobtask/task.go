package jobtask

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// Options are the optional settings of a [Task].
type Options struct {
	// Task are those of the task, see [selfinvoke.Options].
	Task func(*selfinvoke.Options)

	// Run are those of each run, see [jobstore.RunOptions].
	Run func(*jobstore.RunOptions)
}

// Task runs jobs of a store, one in each invocation. Its payload is the job's ID:
// one that the store does not have runs nothing and is no error.
//
// Make one with [New] and pass it to [selfinvoke.Wrap]: it is a
// [selfinvoke.AnyTask].
type Task[In, Out any] struct {
	anyTask // the field below, without its exported methods
	task    *selfinvoke.Task[string]
	store   jobstore.JobStore[In, Out]
}

type anyTask = selfinvoke.AnyTask

// New returns a task. It panics when store or handler is nil, and where
// [selfinvoke.NewTask] does.
func New[In, Out any](name string, client selfinvoke.Client, store jobstore.JobStore[In, Out], handler jobstore.Handler[In, Out], opts ...func(*Options)) *Task[In, Out] {
	if store == nil || handler == nil {
		panic("jobtask: New: store or handler is nil")
	}
	o := Options{Task: func(*selfinvoke.Options) {}, Run: func(*jobstore.RunOptions) {}}
	for _, opt := range opts {
		opt(&o)
	}
	run := func(ctx context.Context, id string) error {
		return jobstore.IgnoreTerminal(jobstore.Run(ctx, store, id, handler, o.Run))
	}
	task := selfinvoke.NewTask(name, client, run, o.Task)
	return &Task[In, Out]{task, task, store}
}
