// Package valuetest is the table of types that a store returns unchanged or refuses.
package valuetest

import (
	"bytes"
	"encoding/json"
	"math/big"
	"reflect"
	"regexp"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A Case is a type, with values of it.
type Case struct {
	Name   string
	Type   reflect.Type
	Values []reflect.Value // addressable

	// Refusal is a part of the error: of the type when there are no values, of each
	// of them otherwise. It is empty when all are accepted.
	Refusal string
}

// Accept makes a case whose values come back from every store.
func Accept[T any](name string, values ...T) Case {
	c := Case{Name: name, Type: reflect.TypeFor[T]()}
	for i := range values {
		c.Values = append(c.Values, reflect.ValueOf(&values[i]).Elem())
	}
	return c
}

// Refuse makes a case of a type that every store refuses, or of values that it does.
func Refuse[T any](name, refusal string, values ...T) Case {
	c := Accept(name, values...)
	c.Refusal = refusal
	return c
}

// Diff compares a value with what came back, as the package value says.
func Diff(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return "" // go-cmp takes forever with lists in lists
	}
	return cmp.Diff(want, got, equal)
}

var equal = cmp.Options{
	cmp.FilterPath(func(p cmp.Path) bool { return !isType[json.RawMessage](p) && !isSet(p) }, cmpopts.EquateEmpty()),
	cmp.FilterPath(isSet, cmp.Comparer(sameMembers)),
	cmp.Exporter(func(reflect.Type) bool { return true }),
	of(func(a, b json.RawMessage) bool { return bytes.Equal(orNull(a), orNull(b)) }),
	of(func(a, b big.Int) bool { return a.Cmp(&b) == 0 }),
	of(func(a, b big.Float) bool { return a.Cmp(&b) == 0 }),
	of(func(a, b big.Rat) bool { return a.Cmp(&b) == 0 }),
	cmp.FilterValues(wholeAndFloat, cmp.Comparer(func(a, b any) bool { return asFloat(a) == asFloat(b) })),
}

// of compares values of exactly the type T.
func of[T any](equal func(a, b T) bool) cmp.Option {
	return cmp.FilterPath(isType[T], cmp.Comparer(equal))
}

func isType[T any](p cmp.Path) bool { return p.Last().Type() == reflect.TypeFor[T]() }

var setOption = regexp.MustCompile(",(string|number|binary)set")

// isSet is true of a field that DynamoDB keeps as a set.
func isSet(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && setOption.MatchString(p.Index(-2).Type().Field(f.Index()).Tag.Get("dynamodbav"))
}

// sameMembers ignores the order of two slices.
func sameMembers(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if x.Len() != y.Len() {
		return false
	}
	for i := range x.Len() {
		found := false
		for j := range y.Len() {
			found = found || reflect.DeepEqual(x.Index(i).Interface(), y.Index(j).Interface())
		}
		if !found {
			return false
		}
	}
	return true
}

// wholeAndFloat is true of what a whole number in an any comes back as.
func wholeAndFloat(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	return x.CanInt() && y.CanFloat() || x.CanFloat() && y.CanInt()
}

func asFloat(v any) float64 { return reflect.ValueOf(v).Convert(reflect.TypeFor[float64]()).Float() }

func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}
