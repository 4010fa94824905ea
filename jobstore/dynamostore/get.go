package dynamostore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Get implements [jobstore.JobStore] with a consistent read.
func (s *Store[In, Out]) Get(ctx context.Context, id string) (*jobstore.Job[In, Out], error) {
	if err := driver.ValidateID(id); err != nil {
		return nil, s.fail("get", id, err)
	}
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: s.key(id), ConsistentRead: new(true)})
	if err != nil {
		return nil, s.fail("get", id, err)
	}
	if !s.state(out.Item).Live(s.opts.Now()) {
		return nil, s.fail("get", id, jobstore.ErrNotFound)
	}
	return s.answer("get", id, out.Item, nil)
}
