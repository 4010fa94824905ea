package appsyncstore

import (
	"slices"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// identity is what tells a job from others that have its ID at other times, as the store
// writes it.
func (s *Store[In, Out]) identity(job *jobstore.Job[In, Out]) record {
	f, known := s.opts.Fields, input{}
	if !job.CreatedAt.IsZero() {
		known[f.CreatedAt] = exact(job.CreatedAt)
	}
	if job.Caller != "" {
		known[f.Caller] = job.Caller
	}
	return record{}.over(known)
}

// exact is date, or a longer form for a time that another program wrote.
func exact(t time.Time) string {
	if t.Equal(t.Truncate(time.Millisecond)) {
		return date(t)
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// only is true of a record with this identity, and of all when there is none.
func (s *Store[In, Out]) only(identity record) condition {
	if identity == nil {
		return nil
	}
	f := s.opts.Fields
	c := same(identity, f.CreatedAt, f.Caller)
	if f.State == "" || !slices.Contains(s.opts.ReadOnly, f.CreatedAt) {
		return c
	}
	// The field has the time of Amplify's resolver. That of the store is in State, whose text
	// the mutation compares.
	return and(here(c), or(is("attributeExists", f.State, true), c))
}

// another is true of a record with another identity.
func (s *Store[In, Out]) another(r, identity record) bool {
	f := s.opts.Fields
	return identity != nil && (!r.date(f.CreatedAt).Equal(identity.date(f.CreatedAt)) || r.str(f.Caller) != identity.str(f.Caller))
}

// written is true of a record whose identity is in the form of the condition.
func (s *Store[In, Out]) written(r, identity record) bool {
	return s.only(identity).holds(r)
}

// succeeds is true of a record that was created after the job with this identity.
func (s *Store[In, Out]) succeeds(r, identity record) bool {
	f := s.opts.Fields
	return r.date(f.CreatedAt).After(identity.date(f.CreatedAt))
}
