package appsyncstore

import (
	"context"
	"errors"
	"maps"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// errOld is why a call fails that a record has refused which no read has shown yet. It is
// none of package jobstore's refusals, so that triggers and Run repeat the call.
var errOld = errors.New("the job refused the write, and reads do not show yet why: try again")

// proof returns nil when a refusal of a claim is certain, and errOld when the read that it
// rests on was old. Only refusals that end all tries need one: a job that a copy shows as
// finished may have been reopened since.
func (s *Store[In, Out]) proof(ctx context.Context, id string, st driver.State, refusal error) error {
	f := s.opts.Fields
	switch {
	case errors.Is(refusal, jobstore.ErrAbandoned): // by this claim
		return nil
	case errors.Is(refusal, jobstore.ErrFinished):
		return s.prove(ctx, id, or(eq(f.Status, jobstore.Pending), eq(f.Status, jobstore.Processing)))
	case !errors.Is(refusal, jobstore.ErrNotFound):
		return nil
	case !st.Exists:
		return s.prove(ctx, id, nil)
	case virtual(f.ExpiresAt): // not in a condition: State has the time
		return nil
	}
	return s.prove(ctx, id, s.unexpired())
}

// prove returns nil when the condition is false or the record does not exist, as DynamoDB decides
// on the latest one. It sends a mutation that changes nothing but the time of the update:
// refused, it leaves no trace. Otherwise the result is errOld. A nil condition is true of
// every record.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
func (s *Store[In, Out]) prove(ctx context.Context, id string, c condition) error {
	err := s.touch(ctx, id, nil, c)
	switch {
	case refused(err):
		return nil
	case err == nil || partial(err):
		return errOld
	}
	return err
}

// confirm returns nil when r is the latest record. It writes the time of the update that
// is there, so that the record stays as it is.
func (s *Store[In, Out]) confirm(ctx context.Context, id string, r record) error {
	latest, name := s.opts.Fields.State, s.opts.Fields.UpdatedAt
	if latest == "" {
		latest = name
	}
	fields, rest := s.completed(input{name: r[name]}, r)
	err := s.touch(ctx, id, s.outgoing(fields, r), and(s.unchanged(r), same(r, latest), same(r, rest...)))
	switch {
	case err == nil || partial(err):
		return nil
	case refused(err):
		return errOld
	}
	return err
}

// touch sends a mutation of the job with these fields.
func (s *Store[In, Out]) touch(ctx context.Context, id string, fields input, c condition) error {
	i := s.key(id)
	maps.Copy(i, fields)
	_, err := s.client.send(ctx, s.do.update, map[string]any{"input": i, "condition": c.stored(&s.opts)})
	return err
}
