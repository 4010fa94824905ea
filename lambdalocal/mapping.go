package lambdalocal

import (
	"errors"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/filter"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/source"
)

// mapping hands the records of one stream to one function.
type mapping struct {
	fn      *Function
	options MappingOptions
	filters filter.Filters
}

// MapStream invokes the function with the records of the stream, until Close. Unless
// the options say otherwise, the records of a shard are delivered in order, and a
// batch that fails is retried before what follows it.
//
// With StartingPosition [Latest], MapStream finds the end of the stream before it
// returns, and fails if it cannot.
//
// MapStream panics if the stream is nil or an option is out of range. A pattern of
// FilterCriteria that Lambda refuses is an error.
func (f *Function) MapStream(stream Stream, opts ...func(*MappingOptions)) error {
	refuse(stream == nil, "MapStream: stream is nil")
	err := f.mapStream(stream.source(), newMappingOptions(opts))
	if err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("lambdalocal: function %q: map stream: %w", f.name, err)
	}
	return err
}

func (f *Function) mapStream(stream source.Stream, options MappingOptions) error {
	filters, err := filter.Parse(options.FilterCriteria)
	if err != nil {
		return fmt.Errorf("option FilterCriteria: %w", err)
	}
	if err := f.local.begin(); err != nil {
		return err
	}
	reader, err := stream.Open(f.local.ctx, options.StartingPosition == Latest)
	if err != nil {
		f.local.work.Done()
		return err
	}
	m := &mapping{fn: f, options: options, filters: filters}
	go func() {
		defer f.local.work.Done()
		reader.Run(f.local.ctx, m.read, m.report)
	}()
	return nil
}

// read delivers the records of a shard until its end, or until Close.
func (m *mapping) read(s source.Shard) { newLanes(m, s).run() }

func (m *mapping) report(err error) {
	m.fn.local.options.Logger.Error("lambdalocal: the stream cannot be read", "function", m.fn.name, "error", err)
}

// note adds a line about the mapping, which has no request ID.
func (m *mapping) note(format string, args ...any) {
	m.fn.local.timeline.add(m.fn.name, "", format, args...)
}
