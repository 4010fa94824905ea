package attr

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// A place is a part of a value that does not decode.
type place struct {
	path   string
	value  types.AttributeValue
	target reflect.Type
}

// locate finds the innermost part of av that does not decode into its part of t, by
// decoding each part alone. The decoder's own errors have no path.
func locate(av types.AttributeValue, t reflect.Type) place {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	part := place{}
	found := false
	switch av := av.(type) {
	case *types.AttributeValueMemberL:
		part, found = inList(av.Value, t)
	case *types.AttributeValueMemberM:
		part, found = inMap(av.Value, t)
	}
	if !found {
		return place{value: av, target: t}
	}
	inner := locate(part.value, part.target)
	inner.path = part.path + inner.path
	return inner
}

func inList(all []types.AttributeValue, t reflect.Type) (place, bool) {
	if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
		return place{}, false
	}
	for i, av := range all {
		if decode(av, reflect.New(t.Elem()).Interface()) != nil {
			return place{fmt.Sprintf("[%d]", i), av, t.Elem()}, true
		}
	}
	return place{}, false
}

func inMap(all map[string]types.AttributeValue, t reflect.Type) (place, bool) {
	switch t.Kind() {
	case reflect.Struct:
		return inStruct(all, t)
	case reflect.Map:
		for _, av := range all {
			if decode(av, reflect.New(t.Elem()).Interface()) != nil {
				return place{"[]", av, t.Elem()}, true
			}
		}
	}
	return place{}, false
}

func inStruct(all map[string]types.AttributeValue, t reflect.Type) (place, bool) {
	for name, av := range all {
		for _, a := range value.Attributes(t) {
			if strings.EqualFold(a.Name, name) && decodeField(a, av) != nil {
				return place{a.Path, av, a.Field.Type}, true
			}
		}
	}
	return place{}, false
}

// decodeField decodes into a struct of that field alone, for its tag's options.
func decodeField(a value.Attribute, av types.AttributeValue) error {
	a.Field.Anonymous = false
	alone := reflect.StructOf([]reflect.StructField{a.Field})
	return decode(&types.AttributeValueMemberM{Value: map[string]types.AttributeValue{a.Name: av}}, reflect.New(alone).Interface())
}

func kindOf(av types.AttributeValue) string {
	switch av.(type) {
	case *types.AttributeValueMemberS:
		return "a string"
	case *types.AttributeValueMemberN:
		return "a number"
	case *types.AttributeValueMemberB:
		return "binary"
	case *types.AttributeValueMemberBOOL:
		return "a bool"
	case *types.AttributeValueMemberNULL:
		return "NULL"
	case *types.AttributeValueMemberL:
		return "a list"
	case *types.AttributeValueMemberM:
		return "a map"
	case *types.AttributeValueMemberSS:
		return "a string set"
	case *types.AttributeValueMemberNS:
		return "a number set"
	case *types.AttributeValueMemberBS:
		return "a binary set"
	}
	return "a value without a type"
}
