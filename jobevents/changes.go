package jobevents

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Changes returns a dispatcher that calls handle with each change of a job that a client can
// see, in order, for other ways to reach it than AppSync Events. After an error of handle,
// Lambda delivers the record again. Events over [Options.MaxEventBytes] are Omitted.
// Namespace, Channel and Concurrency have no effect.
//
// Changes panics when handle is nil or an option is unusable.
func Changes[Out any](handle func(ctx context.Context, e Event[Out]) error, opts ...func(*Options)) *streamproc.Dispatcher {
	if handle == nil {
		panic("jobevents: Changes: handle is nil")
	}
	defer option.Rename("jobevents: New: ", "jobevents: Changes: ")
	o := newOptions(opts)
	return dispatcher(o, func(ctx context.Context, j *job[Out], _ string) error {
		e, _, err := fit(j, o.MaxEventBytes)
		if err != nil {
			return err
		}
		return handle(ctx, e)
	})
}

// dispatcher calls handle with each state of a job in which a client sees something new, and
// its sequence number.
func dispatcher[Out any](o *Options, handle func(context.Context, *job[Out], string) error) *streamproc.Dispatcher {
	return streamproc.New(func(ctx context.Context, r streamproc.Record[image]) error {
		if r.Old != nil && same(&o.Layout, *r.Old, *r.New) {
			return nil
		}
		j, err := decode[Out](&o.Layout, *r.New)
		if err != nil {
			return err
		}
		return handle(ctx, j, r.SequenceNumber)
	}, func(s *streamproc.Options) {
		s.Logger, s.Filter = o.Logger, streamproc.Present(o.Layout.Status)
		if m := o.Layout.Marker; m.Name != "" {
			s.Filter = s.Filter.Having(m.Name, m.Value)
		}
	})
}
