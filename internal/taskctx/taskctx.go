// Package taskctx tells selfinvoke of which job a context is. So selfinvoke.ID is the job's, and
// a job has nothing of the event that another one was started by.
package taskctx

import "context"

// Key is that of what selfinvoke keeps in a task's context.
type Key struct{}

// call is what it keeps.
type call interface {
	Own(ctx context.Context, id string) context.Context
	Other(id string) context.Context
}

// Own returns the context of the job that the event of a task's context is for.
func Own(ctx context.Context, id string) context.Context {
	if c, ok := ctx.Value(Key{}).(call); ok {
		return c.Own(ctx, id)
	}
	return ctx
}

// Other returns the context of another job in the same invocation: without the event's metadata
// and trace, and with its hop.
func Other(ctx context.Context, id string) context.Context {
	if c, ok := ctx.Value(Key{}).(call); ok {
		return c.Other(id)
	}
	return ctx
}
