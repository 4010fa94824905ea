package dynamostore

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

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

var errWrongKey = errors.New("the table's key is another")

func (s *Store[In, Out]) wrongKey(err error) error {
	key := fmt.Sprintf("the string attribute %q alone", s.opts.Attributes.ID)
	if s.opts.SortKey.Name != "" {
		key = fmt.Sprintf("the string attributes %q and %q", s.opts.Attributes.ID, s.opts.SortKey.Name)
	}
	return fmt.Errorf("%w: table %q refuses the request; its key must be %s: %w", errWrongKey, s.table, key, withhold(err))
}

// withheld stands for an error of DynamoDB whose text may quote values.
type withheld struct{ error }

func (e *withheld) Error() string {
	return "ValidationException (its text may quote values and is withheld)"
}
func (e *withheld) Unwrap() error { return e.error }

// withhold keeps values out of an error's text.
func withhold(err error) error {
	var hidden *withheld
	if !invalid(err) || errors.As(err, &hidden) {
		return err
	}
	return &withheld{err}
}

// fail wraps err. A missing table is not a missing job.
func (s *Store[In, Out]) fail(op, id string, err error) error {
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		err = fmt.Errorf("table %q does not exist: %w", s.table, err)
	}
	return &jobstore.Error{Op: op, ID: id, Err: withhold(err)}
}
