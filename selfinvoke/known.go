package selfinvoke

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// wrapContext is the context of an invocation that has come through wrap.
type wrapContext struct {
	context.Context
	wrap *wrapped
	arn  string
}

type wrapKey struct{}

// Value implements context.Context.
func (c *wrapContext) Value(key any) any {
	if key == (wrapKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// enter returns the context of an invocation of w. If the invocation has come through
// another wrap, the other wrap gets the envelopes. Outside an invocation it returns ctx.
func (w *wrapped) enter(ctx context.Context) context.Context {
	arn := running(ctx)
	if outer, ok := ctx.Value(wrapKey{}).(*wrapContext); arn == "" || ok && outer.arn == arn {
		return ctx
	}
	return &wrapContext{ctx, w, arn}
}

// running returns the ARN by which the function was called, or "" outside an
// invocation.
func running(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.InvokedFunctionArn
	}
	return ""
}

// known returns an error if the event would come back to the function that is running
// and be refused. What another function knows cannot be seen from here.
func (t *Task[T]) known(ctx context.Context, function string) error {
	arn := running(ctx)
	if arn == "" || !isSame(function, arn) {
		return nil
	}
	c, ok := ctx.Value(wrapKey{}).(*wrapContext)
	switch {
	case !ok:
		return fmt.Errorf("%w: the context did not come through Wrap; write lambda.Start(selfinvoke.Wrap(handler, task)), and in a test call the handler that Wrap returns", ErrNotWrapped)
	case c.wrap.tasks[t.name] == nil:
		return fmt.Errorf("%w: Wrap got %d other tasks; write selfinvoke.Wrap(handler, task, ...) with this one too, in the outermost Wrap", ErrNotWrapped, len(c.wrap.tasks))
	}
	return nil
}

// isSame reports whether name names the function that was called by arn. Another
// version of it may know other tasks, so a qualifier must be the same.
func isSame(name, arn string) bool {
	if name == arn {
		return true
	}
	want, got := parseFunction(name), parseFunction(arn)
	if want.qualifier != "" && want.qualifier != cmp.Or(got.qualifier, "$LATEST") {
		return false
	}
	return want.name != "" && want.within(got).arn() == got.arn()
}
