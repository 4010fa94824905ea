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
	o, err := driver.CreateOptions(opts, s.opts.MaxAttempts, s.opts.Retention, s.opts.Now())
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	if o.ID, err = s.named(ctx, o.ID); err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	if o.Redelivered {
		if job, err := s.Get(ctx, o.ID); err == nil {
			return job, s.fail("create", o.ID, jobstore.ErrExists)
		}
	}
	o.ExpiresAt = expiry(o)
	token := jobstore.NewID()
	fields, err := s.newInput(ctx, in, o, token)
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	for range tries {
		written, err := s.mutate(ctx, s.do.create, fields, nil)
		if err == nil || partial(err) { // the record is what was written
			return s.answer("create", o.ID, written.over(s.own(fields)), nil)
		}
		if !refused(err) {
			return nil, s.fail("create", o.ID, err)
		}
		if job, err := s.existing(ctx, o.ID, fields); job != nil || err != nil {
			return job, err
		}
	}
	return nil, s.fail("create", o.ID, errors.New("the ID is taken, and no job can be read under it"))
}

// existing returns the job that refused a create. It returns neither job nor error when
// that job is gone.
func (s *Store[In, Out]) existing(ctx context.Context, id string, fields input) (*jobstore.Job[In, Out], error) {
	r, _, err := s.explain(ctx, id, missing)
	switch {
	case err != nil:
		return nil, s.fail("create", id, err)
	case r == nil:
		return nil, nil
	case s.made(r, fields):
		return s.answer("create", id, r.over(s.lasting(fields)), nil)
	}
	if s.state(r).Live(s.opts.Now()) {
		return s.answer("create", id, r, jobstore.ErrExists)
	}
	return nil, s.removeExpired(ctx, id, r)
}

// made is true of a record that an earlier try of this Create has written. Without a token
// it goes by the time, to the millisecond, and the input.
func (s *Store[In, Out]) made(r record, fields input) bool {
	f, want := s.opts.Fields, record{}.over(fields)
	if !virtual(f.CreateToken) || f.State != "" {
		return r.str(f.CreateToken) == want.str(f.CreateToken)
	}
	return r.has(f.CreatedAt) && r.date(f.CreatedAt).Equal(want.date(f.CreatedAt)) && sameValue(r[f.Input], want[f.Input])
}

// lasting are the fields of a new job that no later write changes. The answer to a create
// has them although the function may not read them.
func (s *Store[In, Out]) lasting(fields input) input {
	f, lasting := s.opts.Fields, input{}
	for _, name := range []string{f.ID, f.Input, f.Metadata, f.Caller, f.OnLeaseExpiry, f.CreatedAt} {
		if v, ok := fields[name]; ok {
			lasting[name] = v
		}
	}
	return lasting
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
