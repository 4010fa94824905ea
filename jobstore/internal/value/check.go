package value

import (
	"reflect"
	"sync"
)

// A plan is what is known of a type.
type plan struct {
	refused *problem
	check   checker // nil when every value is accepted
	dynamo  bool    // a MarshalDynamoDBAttributeValue is used somewhere in it
}

var plans sync.Map // of reflect.Type to *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p, _ := plans.LoadOrStore(t, makePlan(t))
	return p.(*plan)
}

// CheckType refuses a type whose values would not come back from every store. The
// error begins with the field's name and the path to what is refused.
func CheckType(field string, t reflect.Type) error {
	return planOf(t).refused.err(field)
}

// UsesDynamo reports whether t or a part of it encodes itself as a DynamoDB
// attribute value, which CheckValue does not call.
func UsesDynamo(t reflect.Type) bool { return planOf(t).dynamo }

// CheckValue refuses a value that would not come back from every store, or that
// DynamoDB does not take. A type that CheckType refuses has no value that is
// accepted. Methods of v that panic are errors.
func CheckValue[T any](field string, v T) error {
	switch s := any(v).(type) {
	case string:
		return checkString(s).err(field)
	case bool, int, int64, struct{}:
		return nil
	}
	p := planOf(reflect.TypeFor[T]())
	if p.refused == nil && p.check == nil {
		return nil
	}
	return checkCopy(field, p, v)
}

// checkCopy is a function of its own so that v is moved to the heap only here.
//
//go:noinline
func checkCopy[T any](field string, p *plan, v T) error {
	return p.problem(reflect.ValueOf(&v).Elem()).err(field)
}

// Check is CheckValue for what v holds, which is addressable.
func Check(field string, v reflect.Value) error {
	return planOf(v.Type()).problem(v).err(field)
}

func (p *plan) problem(v reflect.Value) *problem {
	if p.refused != nil || p.check == nil {
		return p.refused
	}
	return p.check(&walk{}, v)
}
