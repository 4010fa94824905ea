package avjson

import (
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Decoder decodes items into values of type T, as attributevalue does. A field with the
// tag streamproc:"json" also accepts JSON text.
type Decoder[T any] struct {
	plan *plan // nil leaves all of T to attributevalue
}

// NewDecoder returns a decoder. It panics when a tag of T has no effect.
func NewDecoder[T any]() *Decoder[T] { return &Decoder[T]{newPlan(reflect.TypeFor[T]())} }

// Decode decodes item into v. The strings of simple fields are copied into arena. A
// malformed attribute value is a [*Malformed] below path.
func (d *Decoder[T]) Decode(path string, item Object, arena *strings.Builder, v *T) error {
	s := structReader{plan: d.plan, reader: reader{data: item, arena: arena}}
	var malformed *Malformed
	if d.plan == nil {
		s.rest, _, malformed = s.object(0, 0, true)
	} else {
		malformed = s.fill(reflect.ValueOf(v).Elem())
	}
	if malformed != nil {
		return under(path, malformed)
	}
	if s.rest == nil {
		return nil
	}
	if err := attributevalue.UnmarshalMap(s.rest, v); err != nil {
		return mismatch[T](path, s.rest, err)
	}
	return nil
}

// structReader sets the fields of a struct.
type structReader struct {
	reader
	plan *plan
	rest map[string]types.AttributeValue // for attributevalue
}

func (s *structReader) fill(v reflect.Value) (err *Malformed) {
	end := Members(s.data, 0, func(name []byte, pos int) (end int) {
		if end, err = s.member(v, name, pos); err != nil {
			err = under("."+Name(name), err)
		}
		return end
	})
	if err == nil && end < 0 {
		err = &Malformed{Problem: "is malformed"}
	}
	return err
}

func (s *structReader) member(v reflect.Value, name []byte, pos int) (end int, err *Malformed) {
	f := s.plan.lookup(name)
	if f == nil {
		_, end, err = s.attribute(pos, 0, false)
		return end, err
	}
	tag, value, err := s.tag(pos)
	if err != nil {
		return -1, err
	}
	if len(tag) == 1 || f.kind == boolField {
		if end = s.set(v.Field(f.index), f.kind, string(tag), value); end >= 0 {
			return s.close(end)
		}
	}
	av, end, err := s.attribute(pos, 0, true)
	if err != nil {
		return -1, err
	}
	if s.rest == nil {
		s.rest = map[string]types.AttributeValue{}
	}
	s.rest[Name(name)] = av
	return end, nil
}
