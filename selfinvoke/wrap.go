package selfinvoke

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"
)

// Runner is a task that [Wrap] can run. [Task] is the only one.
type Runner interface {
	taskName() string
	run(ctx context.Context, e *envelope) error
}

// Wrap returns a handler that runs the named task when the event is an envelope
// of [Task.Invoke], and handler otherwise. It panics when handler is nil or two
// tasks have one name.
func Wrap(handler lambda.Handler, tasks ...Runner) lambda.Handler {
	if handler == nil {
		panic("selfinvoke: Wrap: handler is nil")
	}
	w := &wrapped{sync: handler, tasks: map[string]Runner{}}
	for _, t := range tasks {
		if w.tasks[t.taskName()] != nil {
			panic(fmt.Sprintf("selfinvoke: Wrap: two tasks are named %q", t.taskName()))
		}
		w.tasks[t.taskName()] = t
	}
	return w
}

type wrapped struct {
	sync  lambda.Handler
	tasks map[string]Runner
}

// Invoke implements lambda.Handler.
func (w *wrapped) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	e, err := open(payload)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return w.sync.Invoke(ctx, payload)
	}
	task := w.tasks[e.Task]
	if task == nil {
		return nil, fmt.Errorf("selfinvoke: %w: unknown task %q", ErrEnvelope, e.Task)
	}
	return nil, task.run(context.WithValue(ctx, envelopeKey{}, e), e)
}

type envelopeKey struct{}

func fromContext(ctx context.Context) *envelope {
	e, _ := ctx.Value(envelopeKey{}).(*envelope)
	return e
}

// ID returns the ID of the envelope whose task ctx belongs to, and "" outside a
// task. It is the same for each delivery of one [Task.Invoke]: the key to make
// the work idempotent by.
func ID(ctx context.Context) string {
	if e := fromContext(ctx); e != nil {
		return e.ID
	}
	return ""
}

// Hop returns how many asynchronous invocations led to ctx: 0 outside a task.
func Hop(ctx context.Context) int {
	if e := fromContext(ctx); e != nil {
		return e.Hop
	}
	return 0
}
