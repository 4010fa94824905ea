package streamproc

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
)

// atOnce handles records concurrently, but the records of one item in order.
func (d *Dispatcher) atOnce(ctx context.Context, t timeLeft, records []RawRecord) result {
	b := &concurrentBatch{Dispatcher: d, time: t, records: records, states: newStates(records)}
	var workers sync.WaitGroup
	for range min(d.opts.Concurrency, len(records)) {
		workers.Go(func() { b.work(ctx) })
	}
	workers.Wait()
	return b.result()
}

// result takes the first error that is a failure of its record, if there is any.
func (b *concurrentBatch) result() (r result) {
	for i := range b.states {
		switch s := &b.states[i]; {
		case s.err == nil && r.err == nil:
			r.handled = r.handled || !s.skipped
		case s.err != nil && r.err == nil:
			r.next, r.err = i, s.err
		case s.err != nil && s.err != errBehind && !isFailure(r.err):
			r.err = s.err
		}
	}
	return r
}

// concurrentBatch is a batch that several workers share.
type concurrentBatch struct {
	*Dispatcher
	time    timeLeft
	records []RawRecord
	states  []recordState
	taken   atomic.Int64
	failed  atomic.Bool
}

// recordState says how far a record is. err is valid once done is closed.
type recordState struct {
	before  *recordState // of the item's previous record in the batch; may be nil
	done    chan struct{}
	skipped bool
	err     error
}

var (
	errBehind = errors.New("not started: another record failed")
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

// item identifies the record's item. It does not depend on the order of the key's
// attributes. It is the same for all records with a malformed key.
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

// work takes one record after another. A worker waits only for an earlier record of the
// same item, which another worker has already taken, so some worker can always go on.
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
			b.log(ctx, b.time, b.records, i, s.err)
		}
	}()
	s.err = errEnded
	s.skipped, s.err = b.one(ctx, b.time, &b.records[i])
}
