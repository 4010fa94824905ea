package streamproc

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// decoder makes values of type T of images.
type decoder[T any] struct {
	plan *plan // nil: attributevalue does it all
}

func newDecoder[T any]() *decoder[T] { return &decoder[T]{newPlan(reflect.TypeFor[T]())} }

// holder is one allocation for what each record needs.
type holder[T any] struct {
	arena strings.Builder
	value T
}

// record decodes r. All strings of simple fields share one allocation.
func (d *decoder[T]) record(r *RawRecord) (rec Record[T], err error) {
	h := new(holder[T])
	arena := &h.arena
	arena.Grow(len(r.New().data) + len(r.Old().data) + len(r.Keys().data) + len(r.sequence.in(r.data)))
	rec = Record[T]{Operation: r.Operation, Time: r.Time(), Expired: r.Expired()}
	rec.SequenceNumber = text(arena, r.sequence.in(r.data))
	keys := reader{data: r.Keys().data, arena: arena}
	var malformed *MalformedError
	if rec.Keys, malformed = keys.keys(); malformed != nil {
		return rec, under("Keys", malformed)
	}
	if rec.New, err = d.image("NewImage", r.New(), arena, &h.value); err == nil && r.Old().Exists() {
		rec.Old, err = d.image("OldImage", r.Old(), arena, new(T))
	}
	return rec, err
}

func (d *decoder[T]) image(path string, m Image, arena *strings.Builder, v *T) (*T, error) {
	if !m.Exists() {
		return nil, nil
	}
	s := structReader{plan: d.plan, reader: reader{data: m.data, arena: arena}}
	var malformed *MalformedError
	if d.plan == nil {
		s.rest, _, malformed = s.object(0, 0, true)
	} else {
		malformed = s.fill(reflect.ValueOf(v).Elem())
	}
	if malformed != nil {
		return nil, under(path, malformed)
	}
	if s.rest == nil {
		return v, nil
	}
	if err := attributevalue.UnmarshalMap(s.rest, v); err != nil {
		return nil, mismatch[T](path, s.rest, err)
	}
	return v, nil
}

// structReader sets the fields of a struct.
type structReader struct {
	reader
	plan *plan
	rest map[string]types.AttributeValue // what is left to attributevalue
}

func (s *structReader) fill(v reflect.Value) (err *MalformedError) {
	end := members(s.data, 0, func(name []byte, pos int) (end int) {
		if end, err = s.member(v, name, pos); err != nil {
			err = under("."+nameOf(name), err)
		}
		return end
	})
	if err == nil && end < 0 {
		err = &MalformedError{problem: "is malformed"}
	}
	return err
}

func (s *structReader) member(v reflect.Value, name []byte, pos int) (end int, err *MalformedError) {
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
	s.rest[nameOf(name)] = av
	return end, nil
}

// set sets a field of a simple type, and returns the position behind the value. It
// returns -1 for what is not that simple, or wrong: attributevalue decides then.
func (s *structReader) set(v reflect.Value, kind fieldKind, tag string, pos int) (end int) {
	switch {
	case kind == stringField && tag == "S":
		text, end, ok := s.str(pos, true)
		if !ok {
			return -1
		}
		v.SetString(text)
		return end
	case kind == boolField && tag == "BOOL":
		b, end, ok := s.boolean(pos)
		if !ok {
			return -1
		}
		v.SetBool(b)
		return end
	case kind == timeField && tag == "S":
		return s.setText(pos, func(text []byte) bool { return setTime(v, text) })
	case kind == jsonField && tag == "S":
		return s.setJSON(v, pos)
	case kind >= intField && kind <= floatField && tag == "N":
		return s.setText(pos, func(text []byte) bool { return setNumber(v, kind, text) })
	}
	return -1
}

// setText hands on a string that stands for itself.
func (s *structReader) setText(pos int, set func(text []byte) bool) (end int) {
	text := s.plain(pos)
	if text == nil || !set(text) {
		return -1
	}
	return pos + len(text) + 2
}

func setTime(v reflect.Value, text []byte) bool {
	t, err := time.Parse(time.RFC3339, string(text))
	if err == nil {
		*v.Addr().Interface().(*time.Time) = t
	}
	return err == nil
}

func setNumber(v reflect.Value, kind fieldKind, text []byte) bool {
	switch kind {
	case intField:
		n, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil || v.OverflowInt(n) {
			return false
		}
		v.SetInt(n)
	case uintField:
		n, err := strconv.ParseUint(string(text), 10, 64)
		if err != nil || v.OverflowUint(n) {
			return false
		}
		v.SetUint(n)
	case floatField:
		n, err := strconv.ParseFloat(string(text), 64)
		if err != nil || v.OverflowFloat(n) {
			return false
		}
		v.SetFloat(n)
	}
	return true
}
