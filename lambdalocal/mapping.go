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

// MapStream invokes the function with each record of the stream, until Close.
// The records of a shard come in order, and a batch that fails is retried before
// anything after it, as far as the options do not say otherwise.
//
// With the option StartingPosition Latest it reads the stream's present end
// before it returns, and fails if that fails.
func (f *Function) MapStream(stream Stream, opts ...func(*MappingOptions)) error {
	if err := f.mapStream(stream, newMappingOptions(opts)); err != nil {
		if errors.Is(err, ErrClosed) {
			return err
		}
		return fmt.Errorf("lambdalocal: function %q: map stream: %w", f.name, err)
	}
	return nil
}

func (f *Function) mapStream(stream Stream, options MappingOptions) error {
	m := &mapping{fn: f, options: options}
	if err := m.check(stream); err != nil {
		return err
	}
	if err := f.local.begin(); err != nil {
		return err
	}
	reader, err := stream.source().Open(f.local.ctx, options.StartingPosition == Latest)
	if err != nil {
		f.local.work.Done()
		return err
	}
	go func() {
		defer f.local.work.Done()
		reader.Run(f.local.ctx, m.read, m.report)
	}()
	return nil
}

func (m *mapping) check(stream Stream) (err error) {
	if stream == nil {
		return errors.New("the stream must not be nil")
	}
	if err := m.options.check(); err != nil {
		return err
	}
	if m.filters, err = filter.Parse(m.options.FilterCriteria); err != nil {
		return fmt.Errorf("option FilterCriteria: %w", err)
	}
	return stream.source().Check()
}

// read hands on a shard's records until its end, or until Close.
func (m *mapping) read(s source.Shard) { newLanes(m, s).run() }

func (m *mapping) report(err error) {
	m.fn.local.options.Logger.Error("lambdalocal: the stream cannot be read", "function", m.fn.name, "error", err)
}

// note adds a line about the mapping itself, which has no request ID.
func (m *mapping) note(format string, args ...any) {
	m.fn.local.timeline.add(m.fn.name, "", format, args...)
}
