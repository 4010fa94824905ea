package dynamostore

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// update builds one conditional UpdateItem. It names attributes by placeholders, since
// the configured names may be reserved words.
type update struct {
	set, remove []string
	condition   string
	names       map[string]string
	values      map[string]types.AttributeValue
}

func newUpdate(condition string) *update {
	return &update{condition: condition, names: map[string]string{}, values: map[string]types.AttributeValue{}}
}

func (u *update) name(placeholder, name string) *update {
	u.names[placeholder] = name
	return u
}

func (u *update) value(placeholder string, v types.AttributeValue) *update {
	u.values[placeholder] = v
	return u
}

// assign sets the attribute called name, known in the expression as #key and :key.
func (u *update) assign(key, name string, v types.AttributeValue) *update {
	u.set = append(u.set, "#"+key+" = :"+key+"New")
	return u.name("#"+key, name).value(":"+key+"New", v)
}

// same adds to the condition that the attribute is still as in old.
func (u *update) same(key, name string, old item) *update {
	v, ok := old[name]
	if !ok {
		u.condition += " AND attribute_not_exists(#" + key + ")"
		return u.name("#"+key, name)
	}
	u.condition += " AND #" + key + " = :" + key + "Old"
	return u.name("#"+key, name).value(":"+key+"Old", v)
}

func (u *update) delete(key, name string) *update {
	u.remove = append(u.remove, "#"+key)
	return u.name("#"+key, name)
}

// text sets a string attribute, or removes it when s is empty.
func (u *update) text(key, name, s string) *update {
	if s == "" {
		return u.delete(key, name)
	}
	return u.assign(key, name, str(s))
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
	out, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: s.key(id),
		UpdateExpression:                    new(u.expression()),
		ConditionExpression:                 &u.condition,
		ExpressionAttributeNames:            u.names,
		ExpressionAttributeValues:           u.values,
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if err != nil {
		return nil, err
	}
	return out.Attributes, nil
}
