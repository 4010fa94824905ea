// Package jobsize hands the size of a job's record from the trigger that knows it to the run
// of the job, whose first lease depends on it.
package jobsize

import "context"

// least is a size that makes no lease longer.
const least = 16 << 10

type key struct{}

// With returns a context that knows the size of a large record, and ctx itself for a
// smaller one.
func With(ctx context.Context, bytes int) context.Context {
	if bytes <= least {
		return ctx
	}
	return context.WithValue(ctx, key{}, bytes)
}

// Of returns the size, or 0 when it is small or not known.
func Of(ctx context.Context) int {
	bytes, _ := ctx.Value(key{}).(int)
	return bytes
}
