package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// EncodeJSON returns v as JSON, after [CheckValue]. Its errors name the field and do not
// quote the value.
func EncodeJSON[T any](field string, v T) (data []byte, err error) {
	if err := CheckValue(field, v); err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil || err != nil {
			data, err = nil, fmt.Errorf("%s: %s does not encode as JSON", field, TypeName(reflect.TypeFor[T]()))
		}
	}()
	return json.Marshal(&v) // methods of pointers are found through one
}

// DecodeJSON reads data into *v. An error leaves *v alone, names the field and the
// types, and does not quote the value.
func DecodeJSON[T any](field string, data []byte, v *T) error {
	var decoded T
	if err := unmarshal(data, &decoded); err != nil {
		return fmt.Errorf("%s: %s", field, jsonProblem(err, reflect.TypeFor[T]()))
	}
	*v = decoded
	return nil
}

var errPanic = errors.New("panic")

func unmarshal(data []byte, v any) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return json.Unmarshal(data, v)
}

// jsonProblem keeps of an error what is not the value's. The path may hold a map's
// key, the kind a number's digits, and an error of a type's method anything.
func jsonProblem(err error, t reflect.Type) string {
	text := "JSON does not decode into " + TypeName(t)
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) || mismatch.Type == nil || mismatch.Type == t {
		return text
	}
	kind, _, _ := strings.Cut(mismatch.Value, " ")
	if !slices.Contains([]string{"string", "number", "bool", "object", "array"}, kind) {
		return text
	}
	return fmt.Sprintf("%s: %s into %s", text, kind, TypeName(mismatch.Type))
}
