package selfinvoke

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime/debug"

	"github.com/asyncpatterns/asyncpatterns/internal/taskctx"
)

// taskName implements AnyTask. It is empty for a task that NewTask did not make.
func (t *Task[T]) taskName() string {
	if t == nil {
		return ""
	}
	return t.name
}

func (t *Task[T]) sealed() bool { return len(t.opts.Keys.all()) > 0 }

// run implements AnyTask.
func (t *Task[T]) run(ctx context.Context, e *envelope) error {
	err := t.verify(ctx, e)
	if err == nil {
		ctx = t.enter(ctx, e)
		err = protect(func() error {
			ctx = t.extract(ctx, e)
			return t.attempt(ctx, e)
		})
	} else {
		err = fmt.Errorf("selfinvoke: task %q: %w", t.name, err)
	}
	t.log(ctx, e, err)
	if err != nil && t.opts.OnError != nil {
		t.opts.OnError(ctx, err)
	}
	return err
}

// enter returns a task's context in the invocation of ctx.
func (t *Task[T]) enter(ctx context.Context, e *envelope) context.Context {
	another := func(e *envelope) context.Context { return t.extract(t.enter(ctx, e), e) }
	return context.WithValue(ctx, taskctx.Key{}, &call{e, t.opts.EndingBefore, another})
}

func (t *Task[T]) extract(ctx context.Context, e *envelope) context.Context {
	if t.opts.Extract == nil {
		return ctx
	}
	return t.opts.Extract(ctx, e.Trace)
}

func (t *Task[T]) attempt(ctx context.Context, e *envelope) error {
	var v T
	if err := json.Unmarshal(e.Payload, &v); err != nil {
		return fmt.Errorf("selfinvoke: task %q: %w: the payload is not a %v", t.name, ErrEnvelope, reflect.TypeFor[T]())
	}
	return t.fn(ctx, v)
}

// protect turns a panic of the user's code into an error. The process may serve
// other invocations, which must go on.
func protect(work func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return work()
}

func (t *Task[T]) log(ctx context.Context, e *envelope, err error) {
	attrs := []any{"task", t.name, "id", e.ID, "hop", e.Hop}
	if err == nil {
		t.opts.Logger.DebugContext(ctx, "selfinvoke: task done", attrs...)
		return
	}
	attrs = append(attrs, "error", err)
	if p, ok := err.(*PanicError); ok {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	t.opts.Logger.ErrorContext(ctx, "selfinvoke: task failed", attrs...)
}
