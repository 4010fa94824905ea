package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/attr"
)

// update builds one conditional UpdateItem. Its expressions name attributes
// as they are called by default, with # before: the configured names may be reserved
// words. An attribute that is assigned has its own name as placeholder of the value.
type update struct {
	set, remove []string
	conditions  []string
	values      item
}

// newUpdate is an update on the conditions that the item is a job and meets the given
// ones.
func (s *Store[In, Out]) newUpdate(conditions ...string) *update {
	return &update{conditions: append(s.isJob(), conditions...), values: item{":marker": str(s.opts.Marker.Value)}}
}

func (u *update) value(placeholder string, v types.AttributeValue) *update {
	u.values[placeholder] = v
	return u
}

func (u *update) assign(key string, v types.AttributeValue) *update {
	u.set = append(u.set, "#"+key+" = :"+key)
	return u.value(":"+key, v)
}

// text assigns a string, or removes the attribute when s is empty.
func (u *update) text(key, s string) *update {
	if s == "" {
		return u.delete(key)
	}
	return u.assign(key, str(s))
}

func (u *update) delete(keys ...string) *update {
	for _, key := range keys {
		u.remove = append(u.remove, "#"+key)
	}
	return u
}

func (u *update) expression() string {
	expr := "SET " + strings.Join(u.set, ", ")
	if len(u.remove) > 0 {
		expr += " REMOVE " + strings.Join(u.remove, ", ")
	}
	return expr
}

// apply sends u and returns the item after the write.
func (s *Store[In, Out]) apply(ctx context.Context, id string, u *update) (item, error) {
	expression, condition := u.expression(), strings.Join(u.conditions, " AND ")
	names, values := s.used(expression+" "+condition, u.values)
	out, err := call(ctx, s.opts.Timeout, s.client.UpdateItem, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: s.key(id),
		UpdateExpression:                    &expression,
		ConditionExpression:                 &condition,
		ExpressionAttributeNames:            names,
		ExpressionAttributeValues:           values,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if invalid(err) {
		return nil, s.explain(ctx, id, attr.ItemSize(u.values), err)
	}
	if err != nil {
		return nil, err
	}
	return out.Attributes, nil
}

// used returns the names and values that expressions use. DynamoDB refuses others.
func (s *Store[In, Out]) used(expressions string, all item) (names map[string]string, values item) {
	names, values = map[string]string{}, item{}
	for p := range placeholders(expressions) {
		if p[0] == '#' {
			names[p] = s.names[p]
		} else {
			values[p] = all[p]
		}
	}
	if len(values) == 0 {
		return names, nil
	}
	return names, values
}

// placeholders yields #name and :name in expressions.
func placeholders(expressions string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			start := strings.IndexAny(expressions, "#:")
			if start < 0 {
				return
			}
			expressions = expressions[start:]
			end := strings.IndexAny(expressions, " ,()")
			if end < 0 {
				end = len(expressions)
			}
			if !yield(expressions[:end]) {
				return
			}
			expressions = expressions[end:]
		}
	}
}

// explain says why DynamoDB found a write of adds bytes wrong, by a read: the key is
// not the table's, or the record would be too large.
func (s *Store[In, Out]) explain(ctx context.Context, id string, adds int, refused error) error {
	it, err := s.find(ctx, id)
	if errors.Is(err, errWrongKey) {
		return err
	}
	if size := attr.ItemSize(it); err == nil && size+adds > driver.MaxItemBytes {
		return fmt.Errorf("%w: %w: the record has %d bytes and no room for what a worker writes, the limit is %d",
			jobstore.ErrInvalid, jobstore.ErrTooLarge, size, driver.MaxItemBytes)
	}
	return refused
}
