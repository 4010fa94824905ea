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
	// parent before its children, until ctx ends. It retries after errors, and reports
	// them as Failures says.
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

// Failures counts errors in a row, of something that is tried again and again.
type Failures int

// Report tells whether to report the outcome of a try: the first, second, fourth, eighth
// and so on of the errors in a row.
func (f *Failures) Report(err error) bool {
	if err == nil {
		*f = 0
		return false
	}
	*f++
	return *f&(*f-1) == 0
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
