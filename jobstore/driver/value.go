package driver

import (
	"fmt"
	"reflect"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value"
)

// CheckTypes refuses an input or an output type whose values some store would not
// return as it took them: a chan, a func, an interface with methods, an unexported
// field, a type with MarshalJSON alone, and others. The error names the path to the
// part, and says what to do instead. A store's constructor calls it.
//
// A type is accepted only if encoding/json and attributevalue, with its encoding
// marshalers on, both keep it. So a job can move from one store to another.
func CheckTypes[In, Out any]() error {
	if err := value.CheckType("input", reflect.TypeFor[In]()); err != nil {
		return err
	}
	return value.CheckType("output", reflect.TypeFor[Out]())
}

// CheckValue refuses a value that would not come back, or that DynamoDB does not take:
// NaN, a number of more than 38 digits, text that is not UTF-8, a duplicate in a set, a
// value deeper than 32 levels or cyclic. The error wraps [jobstore.ErrInvalid] and
// names the field, the path and the type, and never quotes the value. A store calls it
// before each write of an input, an output or metadata. Strings and types of whole
// numbers and bools cost no allocation.
//
// What is accepted comes back equal, with these exceptions: an empty slice or map may
// come back nil; a [time.Time] without its monotonic reading and the name of its
// location; a json.RawMessage with other white space, and a nil one as null; a set in
// another order; a whole number in an any as a float64.
func CheckValue[T any](field string, v T) error {
	if err := value.CheckValue(field, v); err != nil {
		return fmt.Errorf("%w: %w", jobstore.ErrInvalid, err)
	}
	return nil
}

// Partial returns the output so far that h brings, nil without one. It refuses a value of
// another type than Out. A store's Report calls it.
func Partial[Out any](h jobstore.Heartbeat) (*Out, error) {
	if h.Partial == nil {
		return nil, nil
	}
	out, ok := h.Partial.(Out)
	if !ok {
		return nil, invalid("partial is a %T, want a %v", h.Partial, reflect.TypeFor[Out]())
	}
	return &out, nil
}
