package jobtask

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/internal/jobsize"
	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Dispatcher returns the handler of the table's stream. It invokes the task with the
// ID of each job that was inserted as pending. After a failed invoke Lambda delivers
// the record again. A job that starts later than in ten seconds is skipped
// by its image: a [jobstore.Sweep] starts it.
func (t *Task[In, Out]) Dispatcher(opts ...func(*jobstream.FuncOptions)) *streamproc.Dispatcher {
	return t.dispatcher("jobtask: Dispatcher", opts)
}

// dispatcher panics as the named constructor.
func (t *Task[In, Out]) dispatcher(constructor string, opts []func(*jobstream.FuncOptions)) *streamproc.Dispatcher {
	configure := func(o *jobstream.FuncOptions) {
		o.Logger = t.logger
		if l, ok := jobstore.As[jobstore.Layouter](t.store); ok {
			o.Layout = l.Layout()
		}
		option.Apply(constructor, o, opts)
	}
	defer option.Rename("jobstream: NewFunc: ", constructor+": ")
	return jobstream.NewFunc(func(ctx context.Context, id string) error {
		return t.task.Invoke(ctx, newPayload(id, jobsize.Of(ctx)))
	}, configure)
}
