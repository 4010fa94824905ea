package dynamostore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Create implements [jobstore.JobStore]. The record's createToken is a token of this
// call. A repeated PutItem recognizes its own earlier try by it.
func (s *Store[In, Out]) Create(ctx context.Context, input In, opts ...func(*jobstore.CreateOptions)) (*jobstore.Job[In, Out], error) {
	o, err := driver.CreateOptions(opts, s.opts.MaxAttempts)
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	token := jobstore.NewID()
	it, err := s.newItem(input, o, token)
	if err == nil {
		err = driver.Fits(it.size(), driver.MaxItemBytes, "the record")
	}
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.table, Item: it,
		ConditionExpression:                 new("attribute_not_exists(#id) OR #expiresAt <= :now"),
		ExpressionAttributeNames:            map[string]string{"#id": s.opts.Attributes.ID, "#expiresAt": s.opts.Attributes.ExpiresAt},
		ExpressionAttributeValues:           map[string]types.AttributeValue{":now": num(s.opts.Now().Unix())},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if old, refused := met(err); refused {
		return s.existing(old, o.ID, token)
	}
	if err != nil {
		return nil, s.fail("create", o.ID, err)
	}
	return s.answer("create", o.ID, it, nil)
}

func (s *Store[In, Out]) existing(old item, id, token string) (*jobstore.Job[In, Out], error) {
	if old.str(s.opts.Attributes.CreateToken) == token {
		return s.answer("create", id, old, nil)
	}
	return s.answer("create", id, old, jobstore.ErrExists)
}
