package attr

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// errEncode stands for what an encoder or a method of a value said. It may quote the
// value.
var errEncode = errors.New("does not encode")

// Encode returns v as an attribute value, after [value.CheckValue]. Its errors name
// the field.
func Encode[T any](field string, v T) (types.AttributeValue, error) {
	if err := value.CheckValue(field, v); err != nil {
		return nil, err
	}
	return encodeChecked(field, reflect.ValueOf(&v).Elem())
}

func encodeChecked(field string, v reflect.Value) (types.AttributeValue, error) {
	av, err := encode(argument(v))
	if err != nil {
		return nil, fmt.Errorf("%s: %s %w", field, value.TypeName(v.Type()), err)
	}
	if !value.UsesDynamo(v.Type()) {
		return av, nil
	}
	if reason := verify(av, v.Type()); reason != "" {
		return nil, fmt.Errorf("%s: %s has a part with MarshalDynamoDBAttributeValue whose result %s", field, value.TypeName(v.Type()), reason)
	}
	return av, nil
}

// argument is what the encoder is given for v. It finds methods of a pointer only
// through one, and makes something else of a pointer to nil and of one to an
// interface.
func argument(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		return v.Interface()
	case reflect.Slice, reflect.Map:
		if v.IsNil() {
			return nil
		}
	}
	return v.Addr().Interface()
}

func encode(v any) (av types.AttributeValue, err error) {
	defer func() {
		if recover() != nil {
			av, err = nil, errEncode
		}
	}()
	av, err = attributevalue.MarshalWithOptions(v, withMarshalers)
	if err != nil || av == nil {
		return nil, errEncode
	}
	return av, nil
}

func withMarshalers(o *attributevalue.EncoderOptions) { o.UseEncodingMarshalers = true }

func withUnmarshalers(o *attributevalue.DecoderOptions) { o.UseEncodingUnmarshalers = true }

// verify says what is wrong with what methods in type t returned, if anything is.
func verify(av types.AttributeValue, t reflect.Type) string {
	if reason := problem(av); reason != "" {
		return reason
	}
	back := reflect.New(t)
	if decode(av, back.Interface()) != nil {
		return "does not decode"
	}
	if again, err := encode(argument(back.Elem())); err != nil || !equal(av, again) {
		return "does not come back as it was"
	}
	return ""
}
