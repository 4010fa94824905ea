package attr

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// errDecode stands for what a decoder or a method of a type said. It may quote the
// value.
var errDecode = errors.New("does not decode")

// Decode reads av into *v. Nil is T's zero value, and so is a NULL that T does not take,
// since a NULL counts as missing. An error leaves *v alone, and names the field, the path to
// what does not decode, and the types.
func Decode[T any](field string, av types.AttributeValue, v *T) error {
	return decodeInto(field, av, reflect.ValueOf(v).Elem())
}

func decodeInto(field string, av types.AttributeValue, v reflect.Value) error {
	if av == nil {
		v.SetZero()
		return nil
	}
	if tooDeep(av, value.MaxDepth+1) { // one more, as an innermost empty list may be
		return fmt.Errorf("%s: nested too deeply", field)
	}
	decoded := reflect.New(v.Type())
	if decode(av, decoded.Interface()) != nil {
		if _, null := av.(*types.AttributeValueMemberNULL); null {
			v.SetZero()
			return nil
		}
		at := locate(av, v.Type())
		return fmt.Errorf("%s%s: %s does not decode into %s", field, at.path, kindOf(at.value), value.TypeName(at.target))
	}
	v.Set(decoded.Elem())
	return nil
}

// decode never panics, as attributevalue does on a type that it cannot fill.
func decode(av types.AttributeValue, v any) (err error) {
	defer func() {
		if recover() != nil {
			err = errDecode
		}
	}()
	if attributevalue.UnmarshalWithOptions(av, v, withUnmarshalers) != nil {
		return errDecode
	}
	return nil
}

// Metadata reads a map, or the JSON of one, as AppSync's AWSJSON may be stored.
func Metadata(field string, av types.AttributeValue) (m map[string]any, err error) {
	text, ok := av.(*types.AttributeValueMemberS)
	if !ok {
		return m, Decode(field, av, &m)
	}
	if json.Unmarshal([]byte(text.Value), &m) != nil {
		return nil, fmt.Errorf("%s: a string does not hold a JSON object", field)
	}
	return m, nil
}
