// Package source reads the streams whose records a mapping hands to its function:
// those of functions in the process, and DynamoDB's.
package source

import (
	"context"
	"time"
)

// Stream can be read by several mappings.
type Stream interface {
	// Open fixes where to begin: after the records that the stream has now, or with
	// the oldest. In the second case it does no I/O.
	Open(ctx context.Context, latest bool) (Reader, error)
}

// Reader is a stream as one mapping reads it.
type Reader interface {
	// Run calls read for each shard, at the same time for independent ones and
	// for a parent before its children, until ctx ends. It reports what went
	// wrong and tries again.
	Run(ctx context.Context, read func(Shard), report func(error))
}

// Shard is an ordered part of a stream.
type Shard interface {
	ID() string

	// Next waits until there are records after the last ones it returned, and
	// returns up to limit of them; io.EOF when there will be no more. After any
	// other error the call may be repeated.
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
