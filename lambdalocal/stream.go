package lambdalocal

import "context"

// Stream is where a mapping reads its records: a [Feed] or a [DynamoDBStream].
// Several mappings may read one.
type Stream interface {
	// open fixes where to begin. With TrimHorizon it does no I/O.
	open(ctx context.Context, begin StartingPosition) (source, error)

	// check refuses a stream that could never be read.
	check() error
}

// source is a stream as one mapping reads it.
type source interface {
	// run calls read for each shard, at the same time for independent ones and
	// for a parent before its children, until ctx ends. It reports what went
	// wrong and tries again.
	run(ctx context.Context, read func(shard), report func(error))
}

// shard is an ordered part of a stream.
type shard interface {
	id() string

	// next waits until there are records after the last ones it returned, and
	// returns up to limit of them; io.EOF when there will be no more. After any
	// other error the call may be repeated.
	next(ctx context.Context, limit int) ([]record, error)
}
