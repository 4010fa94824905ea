// Package source reads the streams whose records a mapping delivers: feeds of the
// process itself, and DynamoDB streams.
package source

import (
	"context"
	"time"
)

// Stream can be read by several mappings.
type Stream interface {
	// Open fixes where to begin: after the latest record, or with the oldest. In the
	// second case it does no I/O.
	Open(ctx context.Context, latest bool) (Reader, error)
}

// Reader is a stream as one mapping reads it.
type Reader interface {
	// Run calls read for each shard, concurrently for independent shards and for a
	// parent before its children, until ctx ends. It reports errors and retries.
	Run(ctx context.Context, read func(Shard), report func(error))
}

// Shard is an ordered part of a stream.
type Shard interface {
	ID() string

	// Next returns up to limit records that follow the last ones it returned. It
	// waits until there are some. At the end of the shard it returns io.EOF. After
	// any other error it may be called again.
	Next(ctx context.Context, limit int) ([]Record, error)
}

// shardPoll is the time between two reads of a shard that has nothing new. Lambda
// polls a shard four times a second.
const shardPoll = 250 * time.Millisecond

// pause waits for shardPoll. It returns the error of ctx if that ends first.
func pause(ctx context.Context) error {
	select {
	case <-time.After(shardPoll):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
