// Package awsjson reads what jobs have in the fields of an Amplify model: scalars as they are,
// all else as the text of an AWSJSON.
package awsjson

import (
	"encoding/json"
	"reflect"
)

// Decode reads a field's JSON into v, which it leaves alone when it is false. A string where v
// is of another type is an AWSJSON: its text is JSON, or JSON text that was encoded twice.
// Another program may have written the bare string.
func Decode[T any](raw json.RawMessage, v *T) bool {
	inner := Text(raw)
	return IsText[T]() && json.Valid(inner) && peel(inner, v) || peel(raw, v)
}

// peel reads JSON into v, or the JSON in its text.
func peel[T any](raw json.RawMessage, v *T) bool {
	for !unmarshal(raw, v) {
		if raw = Text(raw); raw == nil {
			return false
		}
	}
	return true
}

// unmarshal never panics, as a method of T may.
func unmarshal[T any](raw json.RawMessage, v *T) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	var decoded T
	if ok = json.Unmarshal(raw, &decoded) == nil; ok {
		*v = decoded
	}
	return ok
}

// Text returns the content of a JSON string, and nil for an empty one and other types.
func Text(raw json.RawMessage) json.RawMessage {
	var s string
	if json.Unmarshal(raw, &s) != nil || s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// IsText is true of types that are not strings, numbers or bools, such as []byte and
// time.Time. Their JSON may be a string, and an AWSJSON takes only the text of that.
func IsText[T any]() bool {
	kind := reflect.TypeFor[T]().Kind()
	return kind != reflect.String && (kind < reflect.Bool || kind > reflect.Float64)
}
