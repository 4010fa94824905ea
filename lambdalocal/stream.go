package lambdalocal

import (
	"context"
	"encoding/json"
)

// Stream is where a mapping reads its records: a [Feed] or a [DynamoDBStream].
type Stream interface {
	// run calls read for each shard, at the same time for independent ones and
	// for a parent before its children, until ctx ends. It reports what went
	// wrong and tries again.
	run(ctx context.Context, read func(shard), report func(error))

	// check refuses a stream that could never be read.
	check() error
}

// shard is an ordered part of a stream.
type shard interface {
	// next waits until there are records after the last ones it returned, and
	// returns up to limit of them; io.EOF when there will be no more. After any
	// other error the call may be repeated.
	next(ctx context.Context, limit int) ([]json.RawMessage, error)
}
