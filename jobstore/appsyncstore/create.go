package appsyncstore

import (
	"context"
	"errors"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// tries is how often a write is sent that lost against another, and a read whose record
// does not explain the refusal.
const tries = 3

// Create implements [jobstore.JobStore]. The job's createToken is a token of this
// call. A repeated mutation recognizes its own earlier try by it.
func (s *Store[In, Out]) Create(ctx context.Context, in In, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[In, Out], error) {
	o, err := driver.CreateOptions(opts, s.opts.MaxAttempts, s.opts.Now())
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	if o.Redelivered {
		if job, err := s.Get(ctx, o.ID); err == nil {
			return job, s.fail("create", o.ID, jobstore.ErrExists)
		}
	}
	token := jobstore.NewID()
	fields, err := s.newInput(ctx, in, o, token)
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	for range tries {
		_, err := s.mutate(ctx, s.do.create, fields, nil)
		if err == nil || partial(err) { // the record is what was written
			return s.answer("create", o.ID, record{}.over(fields), nil)
		}
		if !refused(err) {
			return nil, s.fail("create", o.ID, err)
		}
		if job, err := s.existing(ctx, o.ID, token); job != nil || err != nil {
			return job, err
		}
	}
	return nil, s.fail("create", o.ID, errors.New("the ID is taken, and no job can be read under it"))
}

// existing returns the job that refused a create. It returns neither job nor error when
// that job is gone.
func (s *Store[In, Out]) existing(ctx context.Context, id, token string) (*jobstore.Job[In, Out], error) {
	r, _, err := s.explain(ctx, id, missing)
	switch {
	case err != nil:
		return nil, s.fail("create", id, err)
	case r == nil:
		return nil, nil
	case r.str(s.opts.Fields.CreateToken) == token:
		return s.answer("create", id, r, nil)
	}
	if s.state(r).Live(s.opts.Now()) {
		return s.answer("create", id, r, jobstore.ErrExists)
	}
	return nil, s.removeExpired(ctx, id, r)
}

// removeExpired deletes a record whose time to live has ended, as DynamoDB will.
func (s *Store[In, Out]) removeExpired(ctx context.Context, id string, r record) error {
	f := s.opts.Fields
	_, err := s.mutate(ctx, s.do.remove, input{f.ID: id}, same(r, f.ExpiresAt, f.CreateToken))
	if err == nil || partial(err) || refused(err) {
		return nil
	}
	return s.fail("create", id, err)
}
