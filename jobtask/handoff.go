package jobtask

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// HandOff returns the handler of a function behind the stream of the jobs' table. It
// runs each pending job in an invocation of its own. It is short for
//
//	work := jobtask.New(name, client, store, handler, opts...)
//	return selfinvoke.Wrap(work.Dispatcher(), work)
func HandOff[In, Out any](name string, client selfinvoke.Client, store jobstore.JobStore[In, Out], handler jobstore.Handler[In, Out], opts ...func(*Options)) lambda.Handler {
	work := newTask("jobtask: HandOff", name, client, store, handler, opts)
	return selfinvoke.Wrap(work.dispatcher("jobtask: HandOff", nil), work)
}

// Dispatcher returns the handler of the table's stream. It invokes the task with the
// ID of each job that was inserted as pending. A failed invoke is reported to Lambda,
// which delivers the record again.
func (t *Task[In, Out]) Dispatcher(opts ...func(*jobstream.FuncOptions)) *streamproc.Dispatcher {
	return t.dispatcher("jobtask: Dispatcher", opts)
}

// dispatcher panics as the named constructor.
func (t *Task[In, Out]) dispatcher(constructor string, opts []func(*jobstream.FuncOptions)) *streamproc.Dispatcher {
	configure := func(o *jobstream.FuncOptions) {
		if l, ok := jobstore.As[jobstore.Layouter](t.store); ok {
			o.Layout = l.Layout()
		}
		option.Apply(constructor, o, opts)
	}
	defer option.Rename("jobstream: NewFunc: ", constructor+": ")
	return jobstream.NewFunc(t.task.Invoke, configure)
}
