package dynamostore

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Client is what a [Store] needs of the DynamoDB client. [dynamodb.Client] is one.
type Client interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// Store is a [jobstore.JobStore] in a DynamoDB table. Make one with [New].
type Store[In, Out any] struct {
	client Client
	table  string
	opts   Options
}

// New returns a store of the jobs in table. It does no I/O. It fails when table is
// empty, and panics when client is nil or an option is out of range.
func New[In, Out any](client Client, table string, opts ...func(*Options)) (*Store[In, Out], error) {
	if client == nil {
		panic("dynamostore: New: client is nil")
	}
	o := options("dynamostore: New", opts)
	if table == "" {
		return nil, errors.New("dynamostore: New: table is empty")
	}
	return &Store[In, Out]{client: client, table: table, opts: o}, nil
}

// met returns the item that refused a conditional write. It is nil and true when there
// was no item.
func met(err error) (item, bool) {
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return nil, false
	}
	return refused.Item, true
}

// invalid is true of a request that DynamoDB would refuse at any time.
func invalid(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationException"
}

// fail wraps err. It names the table when that is missing or has another key: a missing
// table is not a missing job.
func (s *Store[In, Out]) fail(op, id string, err error) error {
	var missing *types.ResourceNotFoundException
	switch {
	case errors.As(err, &missing):
		err = fmt.Errorf("table %q does not exist: %w", s.table, err)
	case invalid(err) && op != "sweep":
		err = fmt.Errorf("table %q refuses the request; its key must be the string attribute %q alone: %w", s.table, s.opts.Attributes.ID, err)
	}
	return &jobstore.Error{Op: op, ID: id, Err: err}
}
