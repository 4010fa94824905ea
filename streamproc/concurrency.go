package streamproc

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
)

// atOnce handles records concurrently, and those of one item one after the other.
// It returns the index of the first record that is not done.
func (d *Dispatcher) atOnce(ctx context.Context, records []RawRecord) (int, error) {
	b := &concurrentBatch{Dispatcher: d, records: records, states: newStates(records)}
	var workers sync.WaitGroup
	for range min(d.opts.Concurrency, len(records)) {
		workers.Go(func() { b.work(ctx) })
	}
	workers.Wait()
	for i := range b.states {
		if err := b.states[i].err; err != nil {
			return i, err
		}
	}
	return len(records), nil
}

// concurrentBatch is a batch that several workers share.
type concurrentBatch struct {
	*Dispatcher
	records []RawRecord
	states  []recordState
	taken   atomic.Int64
	failed  atomic.Bool
}

// recordState is how far a record is. err is of use once done is closed.
type recordState struct {
	before *recordState // of the item's record before this one
	done   chan struct{}
	err    error
}

var (
	errBehind = errors.New("not started: a record before it failed")
	errEnded  = errors.New("the handler ended its goroutine")
)

func newStates(records []RawRecord) []recordState {
	states, last := make([]recordState, len(records)), make(map[Keys]*recordState, len(records))
	arena := new(strings.Builder)
	for i := range records {
		item := records[i].item(arena)
		states[i] = recordState{before: last[item], done: make(chan struct{}), err: errBehind}
		last[item] = &states[i]
	}
	return states
}

// item is the same for records of one item, also when the parts of their keys do
// not come in one order, and for all whose key is malformed.
func (r *RawRecord) item(arena *strings.Builder) Keys {
	keys, err := decodeKeys(r, arena)
	if err != nil {
		return Keys{}
	}
	if keys[1].Name != "" && keys[1].Name < keys[0].Name {
		keys[0], keys[1] = keys[1], keys[0]
	}
	return keys
}

// work takes one record after the other. A worker waits for an earlier record of
// the item only, which some worker has taken before: so there is always one that
// gets on.
func (b *concurrentBatch) work(ctx context.Context) {
	for i := int(b.taken.Add(1)) - 1; i < len(b.records); i = int(b.taken.Add(1)) - 1 {
		s := &b.states[i]
		if s.before != nil {
			<-s.before.done
		}
		b.attempt(ctx, i)
	}
}

// attempt lets the records that wait go on also when the handler ends its goroutine.
func (b *concurrentBatch) attempt(ctx context.Context, i int) {
	s := &b.states[i]
	defer close(s.done)
	if b.failed.Load() {
		return
	}
	defer func() {
		if s.err != nil {
			b.failed.Store(true)
			b.log(ctx, b.records, i, s.err)
		}
	}()
	s.err = errEnded
	s.err = b.one(ctx, &b.records[i])
}
