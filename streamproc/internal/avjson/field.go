package avjson

import (
	"reflect"
	"strconv"
	"time"
)

// set sets a field of a simple type and returns the position behind the value. It returns
// -1 for a value that is wrong or not that simple. Then attributevalue decides.
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

// setText calls set with a string that stands for itself.
func (s *structReader) setText(pos int, set func(text []byte) bool) (end int) {
	text := s.plain(pos)
	if text == nil || !set(text) {
		return -1
	}
	return pos + len(text) + 2
}

func setTime(v reflect.Value, text []byte) bool {
	return v.Addr().Interface().(*time.Time).UnmarshalText(text) == nil
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
