package selfinvoke

import (
	"context"
	"time"
)

type (
	callKey     struct{}
	metadataKey struct{}
)

// call is what the context of a task knows.
type call struct {
	*envelope
	endingBefore time.Duration
}

func fromContext(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// ID returns the ID of the envelope whose task ctx belongs to, and "" outside a
// task. It is the same for each delivery of one [Task.Invoke]: the key to make
// the work idempotent by.
func ID(ctx context.Context) string {
	if c := fromContext(ctx); c != nil {
		return c.envelope.ID
	}
	return ""
}

// Hop returns how many asynchronous invocations led to ctx: 0 outside a task.
func Hop(ctx context.Context) int {
	if c := fromContext(ctx); c != nil {
		return c.envelope.Hop
	}
	return 0
}

// Ending reports that the invocation of a task has little time left, see
// [Options.EndingBefore]. It is false outside a task and without a deadline.
func Ending(ctx context.Context) bool {
	c := fromContext(ctx)
	deadline, bounded := ctx.Deadline()
	return c != nil && bounded && time.Until(deadline) <= c.endingBefore
}

// WithMetadata returns a context whose invokes carry m to their tasks, and to the
// tasks that those invoke. It replaces the metadata of ctx. Neither the caller
// nor a task may change m afterwards. It is not secret: whoever can read the
// dead-letter queue can read it.
func WithMetadata(ctx context.Context, m map[string]string) context.Context {
	return context.WithValue(ctx, metadataKey{}, m)
}

// Metadata returns what [WithMetadata] gave the context, or the envelope whose
// task it belongs to.
func Metadata(ctx context.Context) map[string]string {
	if m, ok := ctx.Value(metadataKey{}).(map[string]string); ok {
		return m
	}
	if c := fromContext(ctx); c != nil {
		return c.envelope.Metadata
	}
	return nil
}
