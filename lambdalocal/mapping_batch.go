package lambdalocal

import (
	"errors"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/source"
)

// The waits between retries of a batch, and while it is throttled, double from the
// first to the last. AWS documents neither.
const (
	firstBatchWait = time.Second
	lastBatchWait  = time.Minute
)

// batch is records that the function gets together, until all have succeeded or have
// been discarded.
type batch struct {
	*mapping
	shard   string
	records []source.Record

	retries   int // of exactly these records
	throttles int // in a row
	attempts  int // that ran, including those with more records

	requestID string  // of the latest attempt; empty before the first
	result    outcome // of the latest attempt that ran
	err       error   // why that attempt counts as failed
}

// run reports false if Close ended it.
func (b *batch) run() bool {
	for b.expire(); len(b.records) > 0; b.expire() {
		done, throttled := b.invoke()
		if throttled {
			if !b.again(&b.throttles) {
				return false
			}
			continue
		}
		if done == len(b.records) {
			return true
		}
		if b.options.BisectBatchOnFunctionError && len(b.records) > 1 {
			return b.split(done)
		}
		if !b.retry(done) {
			return b.fn.local.ctx.Err() == nil
		}
	}
	return true
}

// retry waits before the next attempt with the records after the first done ones. It
// reports false if there is no next attempt: they were discarded, or Close was called.
func (b *batch) retry(done int) bool {
	if b.throttles = 0; done > 0 {
		b.records, b.retries = b.records[done:], 0
	}
	if limit := b.options.MaximumRetryAttempts; limit >= 0 && b.retries >= limit {
		b.discard(b.records, conditionStreamRetries)
		return false
	}
	return b.again(&b.retries)
}

// again waits, longer after each attempt that n counts. It reports false if Close was
// called.
func (b *batch) again(n *int) bool {
	wait := min(firstBatchWait<<min(*n, 6), lastBatchWait)
	*n++
	b.note("batch of %d tried again in %v", len(b.records), b.fn.local.scaled(wait))
	return b.fn.local.pause(wait)
}

// split runs the records after the first done ones as a batch or, if none is done,
// the halves one after the other. This does not count as a retry.
func (b *batch) split(done int) bool {
	parts := [][]source.Record{b.records[done:]}
	if done == 0 {
		half := len(b.records) / 2
		parts = [][]source.Record{b.records[:half], b.records[half:]}
	}
	b.note("batch of %d bisected at %s", len(b.records), parts[len(parts)-1][0].Sequence)
	if !b.fn.local.pause(firstBatchWait) {
		return false
	}
	for _, records := range parts {
		part := *b
		part.records, part.retries, part.throttles = records, 0, 0
		if !part.run() {
			return false
		}
	}
	return true
}

// invoke makes one attempt, and returns how many records are done. A fault may deliver
// a successful batch a second time; then that attempt counts.
func (b *batch) invoke() (done int, throttled bool) {
	inv := newInvocation(b.fn, b.fn.ARN())
	inv.payload = source.Payload(b.records)
	b.requestID = inv.requestID
	b.note("batch of %d from %s, %s to %s", len(b.records), b.shard, b.records[0].Sequence, b.records[len(b.records)-1].Sequence)
	done, throttled = b.attempt(inv)
	faults := b.fn.local.faults
	if done == len(b.records) && faults.strikes(faults.Duplicate, "duplicate", inv) {
		b.note("fault: the batch is delivered a second time")
		return b.attempt(inv)
	}
	return done, throttled
}

func (b *batch) attempt(inv *invocation) (done int, throttled bool) {
	result, err := inv.admitted()
	if errors.Is(err, errThrottled) {
		return 0, true
	}
	b.attempts++
	b.result, b.err = result, nil
	switch {
	case result.err != nil:
		b.err = result.err
	case !b.options.ReportBatchItemFailures:
		done = len(b.records)
	default:
		if done, b.err = succeeded(result.payload, b.records); b.err != nil {
			inv.log("lambdalocal: the whole batch counts as failed", b.err)
		}
	}
	return done, false
}

func (b *batch) note(format string, args ...any) {
	b.fn.local.timeline.add(b.fn.name, b.requestID, format, args...)
}
