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
	plan  *plan // nil leaves all of T to attributevalue
	shape *shape
}

// NewDecoder returns a decoder. It panics when a tag of T has no effect.
func NewDecoder[T any]() *Decoder[T] {
	t := reflect.TypeFor[T]()
	return &Decoder[T]{newPlan(t), shapeOf(t, map[reflect.Type]*shape{})}
}

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
	d.shape.settleMap(s.rest)
	if err := unmarshalMap(s.rest, v); err != nil {
		return mismatch[T](path, s.rest, err)
	}
	return nil
}

// unmarshalMap calls the UnmarshalText and UnmarshalBinary of a type that has them: a
// dynamostore writes values by their marshalers.
func unmarshalMap(m map[string]types.AttributeValue, v any) error {
	return attributevalue.UnmarshalMapWithOptions(m, v, func(o *attributevalue.DecoderOptions) { o.UseEncodingUnmarshalers = true })
}

// structReader sets the fields of a struct.
type structReader struct {
	reader
	plan   *plan
	rest   map[string]types.AttributeValue // for attributevalue, by the fields' names
	rivals map[*field]rival
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
	f, exact := s.plan.lookup(name)
	if f == nil || !exact && !s.wins(f, name) {
		_, end, err = s.attribute(pos, 0, false)
		return end, err
	}
	tag, value, err := s.tag(pos)
	if err != nil {
		return -1, err
	}
	if len(tag) == 1 || f.kind == boolField {
		if end = s.set(v.Field(f.index), f.kind, string(tag), value); end >= 0 {
			delete(s.rest, f.name) // of an earlier attribute
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
	s.rest[f.name] = av
	return end, nil
}

// rival is an attribute whose name differs from its field's in case.
type rival struct {
	exact bool   // the item has an attribute with the field's exact name too
	name  string // the first in the order of the bytes
}

// wins reports whether an attribute whose name differs from the field's in case sets it,
// so far. It does not if another has the exact name, or a name before it.
func (s *structReader) wins(f *field, quoted []byte) bool {
	name, before := Name(quoted), rival{}
	if r, ok := s.rivals[f]; ok {
		before = r
	} else {
		at, _ := Object(s.data).find(f.name)
		before = rival{at >= 0, name}
	}
	if s.rivals == nil {
		s.rivals = map[*field]rival{}
	}
	s.rivals[f] = rival{before.exact, min(name, before.name)}
	return !before.exact && name <= before.name
}
