package lambdalocal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// MappingOptions configures an event source mapping. The names and defaults are
// Lambda's.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
type MappingOptions struct {
	// BatchSize is how many records an invocation gets at most: 1 to 10,000,
	// 100 by default. An event is never over 6 MB.
	BatchSize int

	// MaximumRetryAttempts is how often a failed batch runs again before its
	// records are discarded, which is logged. -1, the default, retries for ever.
	MaximumRetryAttempts int

	// ReportBatchItemFailures makes the mapping read the function's response as
	// a partial batch response. Otherwise the response is ignored.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
	ReportBatchItemFailures bool
}

// mapping hands the records of one stream to one function.
type mapping struct {
	fn      *Function
	stream  Stream
	options MappingOptions
}

// MapStream invokes the function with each record of the stream, from its oldest
// on (TRIM_HORIZON), until Close. The records of a shard come in order and a
// batch that fails is retried before anything after it.
func (f *Function) MapStream(stream Stream, opts ...func(*MappingOptions)) error {
	m := &mapping{f, stream, MappingOptions{BatchSize: 100, MaximumRetryAttempts: -1}}
	for _, opt := range opts {
		opt(&m.options)
	}
	if err := m.check(); err != nil {
		return fmt.Errorf("lambdalocal: function %q: map stream: %w", f.name, err)
	}
	if err := f.local.begin(); err != nil {
		return err
	}
	go func() {
		defer f.local.work.Done()
		stream.run(f.local.ctx, m.read, m.report)
	}()
	return nil
}

func (m *mapping) check() error {
	if m.stream == nil {
		return errors.New("the stream must not be nil")
	}
	if m.options.BatchSize < 1 || m.options.BatchSize > 10_000 {
		return fmt.Errorf("option BatchSize: %d is not within 1 and 10000", m.options.BatchSize)
	}
	if m.options.MaximumRetryAttempts < -1 || m.options.MaximumRetryAttempts > 10_000 {
		return fmt.Errorf("option MaximumRetryAttempts: %d is not within -1 and 10000", m.options.MaximumRetryAttempts)
	}
	return m.stream.check()
}

// read hands on a shard's records until its end, or until Close.
func (m *mapping) read(s shard) {
	local := m.fn.local
	for local.ctx.Err() == nil {
		records, err := s.next(local.ctx, m.options.BatchSize)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil && local.ctx.Err() == nil {
			m.report(err)
			local.pause(time.Second)
		}
		for batch := range payloads(records) {
			m.deliver(batch)
		}
	}
}

func (m *mapping) report(err error) {
	m.fn.local.options.Logger.Error("lambdalocal: the stream cannot be read", "function", m.fn.name, "error", err)
}

// payloads cuts records into events of at most 6 MB. A record is never that large:
// its two images have at most 400 KB each.
func payloads(records []json.RawMessage) func(yield func([]json.RawMessage) bool) {
	return func(yield func([]json.RawMessage) bool) {
		for len(records) > 0 {
			n, size := 0, len(`{"Records":[]}`)
			for n < len(records) && (n == 0 || size+len(records[n]) < maxRequest) {
				size += len(records[n]) + 1
				n++
			}
			if !yield(records[:n]) {
				return
			}
			records = records[n:]
		}
	}
}
