package lambdalocal

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/source"
)

// maxAhead is how far a shard is read ahead of the oldest record that is not done, in
// rounds of full batches.
const maxAhead = 10

// lanes runs the batches of one shard, up to ParallelizationFactor at once. Only the
// goroutine of run uses its fields; reads and batches report to it.
//
// A shard is read only if a lane is free and no record can fill it. So with one lane
// nothing is read while a batch runs.
type lanes struct {
	*mapping
	shard source.Shard

	window  []*tracked // from the oldest record that is not done to the last one read
	running int
	reading bool
	ended   bool // the shard has no more records
	fails   source.Failures
	opened  time.Time // when a batch that is not full began to wait

	reads chan chunk
	done  chan []*tracked
	work  sync.WaitGroup
}

// tracked is a record in the window.
type tracked struct {
	source.Record
	state state
}

type state int

const (
	queued state = iota
	underWay
	done
)

type chunk struct {
	records []source.Record
	ended   bool
}

func newLanes(m *mapping, s source.Shard) *lanes {
	return &lanes{
		mapping: m, shard: s,
		reads: make(chan chunk, 1), done: make(chan []*tracked, m.options.ParallelizationFactor), // sending never blocks
	}
}

func (l *lanes) run() {
	defer l.work.Wait()
	ctx := l.fn.local.ctx
	for ctx.Err() == nil {
		l.start()
		if l.ended && len(l.window) == 0 {
			return
		}
		var window <-chan time.Time
		if !l.opened.IsZero() {
			window = time.After(time.Until(l.opened.Add(l.options.MaximumBatchingWindow)))
		}
		select {
		case r := <-l.reads:
			l.add(r)
		case taken := <-l.done:
			l.finish(taken)
		case <-window:
		case <-ctx.Done():
		}
	}
}

// start fills free lanes, and reads on if there are no records for one.
func (l *lanes) start() {
	for l.running < l.options.ParallelizationFactor {
		taken, full := l.take()
		if len(taken) == 0 || !full && l.held() {
			l.readOn()
			return
		}
		l.launch(taken)
	}
}

// take returns the batch that may run next, and whether it is full. It skips records
// whose item is busy. Records of an item are in order in the batch.
func (l *lanes) take() (taken []*tracked, full bool) {
	busy := map[string]bool{}
	for _, e := range l.window {
		if e.state == underWay {
			busy[e.Item] = true
		}
	}
	size := source.Envelope
	for _, e := range l.window {
		if e.state != queued || busy[e.Item] {
			continue
		}
		size += len(e.JSON) + 1
		if len(taken) > 0 && size > maxRequest {
			return taken, true
		}
		if taken = append(taken, e); len(taken) == l.options.BatchSize {
			return taken, true
		}
	}
	return taken, false
}

// held reports whether a batch that is not full waits for more records. It opens the
// batching window.
func (l *lanes) held() bool {
	if l.opened.IsZero() {
		l.opened = time.Now()
	}
	return !l.ended && time.Since(l.opened) < l.options.MaximumBatchingWindow
}

func (l *lanes) launch(taken []*tracked) {
	l.opened = time.Time{}
	l.running++
	records := make([]source.Record, len(taken))
	for i, e := range taken {
		e.state, records[i] = underWay, e.Record
	}
	l.work.Go(func() {
		(&batch{mapping: l.mapping, shard: l.shard.ID(), records: records}).run()
		l.done <- taken
	})
}

func (l *lanes) finish(taken []*tracked) {
	l.running--
	for _, e := range taken {
		e.state = done
	}
	for len(l.window) > 0 && l.window[0].state == done {
		l.window = l.window[1:]
	}
}

// readOn asks for more records, within the bound.
func (l *lanes) readOn() {
	limit := min(l.options.BatchSize, maxAhead*l.options.BatchSize*l.options.ParallelizationFactor-len(l.window))
	if l.reading || l.ended || limit <= 0 {
		return
	}
	l.reading = true
	l.work.Go(func() { l.reads <- l.next(limit) })
}

// next reads once. After an error it waits, so that a lasting error does not keep the
// machine busy. Only one goroutine at a time calls it.
func (l *lanes) next(limit int) chunk {
	local := l.fn.local
	records, err := l.shard.Next(local.ctx, limit)
	if errors.Is(err, io.EOF) {
		return chunk{ended: true}
	}
	report := l.fails.Report(err)
	if err != nil && local.ctx.Err() == nil {
		if report {
			l.report(err)
		}
		local.pause(time.Second)
	}
	return chunk{records: l.filter(records)}
}

func (l *lanes) add(r chunk) {
	l.reading, l.ended = false, r.ended
	for _, rec := range r.records {
		l.window = append(l.window, &tracked{Record: rec})
	}
}

// filter drops the records that FilterCriteria does not match.
func (m *mapping) filter(records []source.Record) []source.Record {
	kept := records[:0]
	for _, r := range records {
		if m.filters.Match(r.JSON) {
			kept = append(kept, r)
		}
	}
	if n := len(records) - len(kept); n > 0 {
		m.note("%d of %d records filtered out", n, len(records))
	}
	return kept
}
