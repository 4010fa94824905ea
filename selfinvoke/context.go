package selfinvoke

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/taskctx"
)

type metadataKey struct{}

// call is what a task's context carries.
type call struct {
	*envelope
	endingBefore time.Duration
	another      func(*envelope) context.Context // the invocation's, with what another envelope carries
}

func fromContext(ctx context.Context) *call {
	c, _ := ctx.Value(taskctx.Key{}).(*call)
	return c
}

// Own implements what taskctx wants.
func (c *call) Own(ctx context.Context, id string) context.Context {
	own, e := *c, *c.envelope
	e.ID, own.envelope = id, &e
	return context.WithValue(ctx, taskctx.Key{}, &own)
}

// Other implements what taskctx wants. The hop stays, since it bounds the chain of invocations.
func (c *call) Other(id string) context.Context {
	return c.another(&envelope{ID: id, Hop: c.Hop})
}

// next returns the ID of the event after e in a chain. Hops are told apart by their
// number, so the IDs of a long chain do not grow.
func (e *envelope) next() string {
	first := strings.TrimSuffix(e.ID, "."+strconv.Itoa(e.Hop-1))
	return first + "." + strconv.Itoa(e.Hop)
}

// ID returns the ID of the envelope that started the task of ctx, and "" outside a
// task. It is the same for each delivery of one [Task.Invoke], so use it as the
// idempotency key of the work. In a job of package jobtask it is the job's ID, which is
// the same for each attempt.
func ID(ctx context.Context) string {
	if c := fromContext(ctx); c != nil {
		return c.envelope.ID
	}
	return ""
}

// Hop returns how many asynchronous invocations led to ctx. It is 0 outside a task.
func Hop(ctx context.Context) int {
	if c := fromContext(ctx); c != nil {
		return c.envelope.Hop
	}
	return 0
}

// Ending reports whether a task's invocation has little time left, as set by
// [Options.EndingBefore]. It is false outside a task and without a deadline.
func Ending(ctx context.Context) bool {
	c := fromContext(ctx)
	deadline, bounded := ctx.Deadline()
	return c != nil && bounded && time.Until(deadline) <= c.endingBefore
}

// WithMetadata returns a context whose invokes carry m to their tasks, and to the
// tasks that those tasks invoke. It replaces the metadata of ctx. Neither the caller
// nor a task may change m afterwards. Metadata is not secret: it can be read in the
// dead-letter queue.
func WithMetadata(ctx context.Context, m map[string]string) context.Context {
	return context.WithValue(ctx, metadataKey{}, m)
}

// Metadata returns the metadata that [WithMetadata] gave to ctx, or else that of the
// envelope that started the task of ctx. A job of package jobtask has it in attempts that the
// event of its start runs, and in no others: keep what a job needs in its input.
func Metadata(ctx context.Context) map[string]string {
	if m, ok := ctx.Value(metadataKey{}).(map[string]string); ok {
		return m
	}
	if c := fromContext(ctx); c != nil {
		return c.envelope.Metadata
	}
	return nil
}
