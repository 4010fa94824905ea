package appsyncstore

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// tries is how often a write is made that lost against another, or whose refusal a
// read does not explain.
const tries = 3

// Create implements [jobstore.JobStore]. The job's creator is a token of this call,
// by which a repeated mutation knows its own earlier try.
func (s *Store[In, Out]) Create(ctx context.Context, in In, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[In, Out], error) {
	o := jobstore.CreateOptions{MaxAttempts: s.opts.MaxAttempts}
	for _, opt := range opts {
		opt(&o)
	}
	if o.ID == "" {
		o.ID = jobstore.NewID()
	}
	token := jobstore.NewID()
	fields, err := s.newInput(in, o, token)
	if err == nil {
		err = fits(fields.size(), "the record")
	}
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	for range tries {
		r, err := s.mutate(ctx, s.do.create, fields, nil)
		if err == nil || partial(err) {
			return s.answered("create", o.ID, r, err)
		}
		if !refused(err) {
			return nil, s.fail("create", o.ID, err)
		}
		if job, err := s.existing(ctx, o.ID, token); job != nil || err != nil {
			return job, err
		}
	}
	return nil, s.fail("create", o.ID, jobstore.ErrExists)
}

// answered is answer for a mutation, of which err may be a partial error.
func (s *Store[In, Out]) answered(op, id string, r record, err error) (*jobstore.Job[In, Out], error) {
	job, decodeErr := s.answer(op, id, r, nil)
	if err != nil {
		return job, s.fail(op, id, joinDecode(err))
	}
	return job, decodeErr
}

// existing returns the job that refused a create, or neither job nor error when
// there is none any more.
func (s *Store[In, Out]) existing(ctx context.Context, id, token string) (*jobstore.Job[In, Out], error) {
	f := s.opts.Fields
	r, err := s.read(ctx, id)
	switch {
	case err != nil:
		return nil, s.fail("create", id, err)
	case r == nil:
		return nil, nil
	case r.str(f.Creator) == token:
		return s.answer("create", id, r, nil)
	case s.live(r):
		return s.answer("create", id, r, jobstore.ErrExists)
	}
	_, err = s.mutate(ctx, s.do.remove, input{f.ID: id}, is("le", f.ExpiresAt, s.opts.Now().Unix()))
	if err != nil && !refused(err) {
		return nil, s.fail("create", id, err)
	}
	return nil, nil
}
