package dynamostore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Get implements [jobstore.JobStore] with a consistent read.
func (s *Store[In, Out]) Get(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	if err := s.checkKey(id, driver.ValidateID(id)); err != nil {
		return nil, s.fail("get", id, err)
	}
	it, err := s.find(ctx, id)
	if err != nil {
		return nil, s.fail("get", id, err)
	}
	if !s.state(it).Live(s.opts.Now()) {
		return nil, s.fail("get", id, jobstore.ErrNotFound)
	}
	return s.answer("get", id, it, nil)
}

// find reads the item, nil for none.
func (s *Store[In, Out]) find(ctx context.Context, id string) (item, error) {
	out, err := call(ctx, s.opts.Timeout, s.client.GetItem, &dynamodb.GetItemInput{TableName: &s.table, Key: s.key(id), ConsistentRead: new(true)})
	if invalid(err) {
		return nil, s.wrongKey(err)
	}
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}
