package memstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
)

// feed is every change to a store, in order.
type feed struct {
	on bool

	mu      sync.Mutex
	changes []change
	grown   chan struct{} // closed, and replaced, when changes grows
}

type change struct {
	old, new *record // old is nil for a creation, new for a removal
}

func newFeed(on bool) feed { return feed{on: on, grown: make(chan struct{})} }

func (f *feed) append(old, r *record) {
	if !f.on {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes = append(f.changes, change{old, r})
	close(f.grown)
	f.grown = make(chan struct{})
}

// since returns up to limit changes after the first n, or a channel that closes when
// there are more.
func (f *feed) since(n, limit int) ([]change, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n >= len(f.changes) {
		return nil, f.grown
	}
	return f.changes[n:min(n+limit, len(f.changes))], nil
}

// Changes returns up to limit stream records that follow the sequence number after. An
// empty after starts with the store's first record. Changes waits until there is a
// record or ctx ends. It panics when limit is less than 1. A record is what Lambda sends to a function mapped to a DynamoDB
// stream with new and old images.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
func (s *Store[In, Out]) Changes(ctx context.Context, after string, limit int) ([]json.RawMessage, error) {
	if limit < 1 {
		panic(fmt.Sprintf("memstore: Changes: limit is %d, want at least 1", limit))
	}
	if !s.opts.Stream {
		return nil, errors.New("memstore: the store keeps no changes; set Options.Stream")
	}
	n, err := position(after)
	if err != nil {
		return nil, err
	}
	for {
		changes, grown := s.feed.since(n, limit)
		if grown == nil {
			return records[In, Out](changes, n)
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func position(after string) (int, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(after)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("memstore: %q is not a sequence number of this store", after)
	}
	return n, nil
}

func records[In, Out any](changes []change, n int) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for i, c := range changes {
		data, err := json.Marshal(streamRecord[In, Out](c, n+i+1))
		if err != nil {
			return nil, fmt.Errorf("memstore: change %d: %w", n+i+1, err)
		}
		out = append(out, data)
	}
	return out, nil
}
