package selfinvoke

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/streaming"
)

// AnyTask is a [Task] of any type, so that tasks of several types fit in one list.
// No other package can implement it; a struct that embeds a *Task or an AnyTask is
// one too.
type AnyTask interface {
	taskName() string
	sealed() bool
	run(ctx context.Context, e *envelope) error
}

// Wrap returns a handler that runs a task when the event is an envelope of
// [Task.Invoke], and handler otherwise. It panics when handler or a task is nil, when
// two tasks have the same name, or when only some of the tasks have keys, which would
// leave the others open to forged envelopes.
//
// Of nested Wraps the outermost gets the envelopes, so pass it all tasks.
//
// The handler that Wrap returns streams if handler can: if it was made by
// lambda.NewHandler, as that of lambdahttp.Stream is. For lambdaurl write
//
//	selfinvoke.Wrap(lambda.NewHandler(lambdaurl.Wrap(mux)), tasks...)
//
// Start such a handler with lambda.Start: lambda.StartWithOptions ignores its options
// for everything that lambda.NewHandler has made.
func Wrap(handler lambda.Handler, tasks ...AnyTask) lambda.Handler {
	if handler == nil {
		panic("selfinvoke: Wrap: handler is nil")
	}
	return wrap("selfinvoke: Wrap", handler, tasks)
}

// wrap panics as the named constructor.
func wrap(constructor string, handler lambda.Handler, tasks []AnyTask) lambda.Handler {
	w := &wrapped{sync: handler, tasks: map[string]AnyTask{}}
	for i, t := range tasks {
		name := nameOf(t)
		if name == "" {
			panic(fmt.Sprintf("%s: task %d of %d is nil or was not made by its constructor", constructor, i+1, len(tasks)))
		}
		if w.tasks[name] != nil {
			panic(fmt.Sprintf("%s: two tasks are named %q", constructor, name))
		}
		if t.sealed() != tasks[0].sealed() {
			panic(fmt.Sprintf("%s: of the tasks %q and %q only one has keys", constructor, tasks[0].taskName(), name))
		}
		w.tasks[name] = t
	}
	if h := streaming.New(handler); h.Streams() {
		return lambda.NewHandler((&wrappedStream{w, h}).respond)
	}
	return w
}

// nameOf returns "" for a task that is nil, and for a struct whose embedded task is nil:
// calling its method is a nil dereference.
func nameOf(t AnyTask) (name string) {
	defer func() { _ = recover() }()
	return t.taskName()
}

type wrapped struct {
	sync  lambda.Handler
	tasks map[string]AnyTask
}

// Invoke implements lambda.Handler.
func (w *wrapped) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	e, task, err := w.open(event)
	switch {
	case err != nil:
		return nil, err
	case e == nil:
		return w.sync.Invoke(w.enter(ctx), event)
	}
	return nil, task.run(w.enter(ctx), e)
}

// open returns nothing if the event is not an envelope.
func (w *wrapped) open(event []byte) (*envelope, AnyTask, error) {
	e, err := open(event)
	if e == nil || err != nil {
		return nil, nil, err
	}
	task := w.tasks[e.Task]
	if task == nil {
		return nil, nil, fmt.Errorf("selfinvoke: %w: unknown task %q", ErrEnvelope, e.Task)
	}
	return e, task, nil
}
