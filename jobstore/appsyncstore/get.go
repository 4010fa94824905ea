package appsyncstore

import (
	"context"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Get implements [jobstore.JobStore]. The resolver that Amplify generates reads
// with eventual consistency, see the package documentation.
func (s *Store[In, Out]) Get(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	if err := jobstore.ValidateID(id); err != nil {
		return nil, s.fail("get", id, err)
	}
	r, err := s.read(ctx, id)
	if err != nil {
		return nil, s.fail("get", id, err)
	}
	if !s.live(r) {
		return nil, s.fail("get", id, jobstore.ErrNotFound)
	}
	return s.answer("get", id, r, nil)
}

// read returns the record with its tokens, or nil.
func (s *Store[In, Out]) read(ctx context.Context, id string) (record, error) {
	return s.client.send(ctx, s.do.get.root, s.do.get.document, map[string]any{"id": id})
}

// mutate sends a mutation and returns the record as it is then, without its tokens.
// A null condition holds always.
func (s *Store[In, Out]) mutate(ctx context.Context, o operation, i input, c condition) (record, error) {
	return s.client.send(ctx, o.root, o.document, map[string]any{"input": i, "condition": c})
}
