package avjson

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// SameBut reports whether two items have the same attributes, apart from the named ones.
// A malformed item is the same as no other.
func SameBut(a, b Object, names []string) bool {
	va, okA := a.index()
	vb, okB := b.index()
	for _, name := range names {
		delete(va, name)
		delete(vb, name)
	}
	if !okA || !okB || len(va) != len(vb) {
		return false
	}
	for name, value := range va {
		if other, ok := vb[name]; !ok || !bytes.Equal(value, other) && !equalValues(value, other) {
			return false
		}
	}
	return true
}

// index is the JSON of every attribute by its name.
func (o Object) index() (values map[string][]byte, ok bool) {
	values = map[string][]byte{}
	end := Members(o, 0, func(name []byte, value int) int {
		end := SkipValue(o, value)
		if end >= 0 {
			values[Name(name)] = o[value:end]
		}
		return end
	})
	return values, end >= 0
}

// equalValues compares the values, since the members of a set or a map may be in another
// order.
func equalValues(a, b []byte) bool {
	ra, rb := reader{data: a}, reader{data: b}
	va, _, errA := ra.attribute(0, 0, true)
	vb, _, errB := rb.attribute(0, 0, true)
	return errA == nil && errB == nil && reflect.DeepEqual(inOneOrder(va), inOneOrder(vb))
}

// inOneOrder sorts the sets in a value.
func inOneOrder(v types.AttributeValue) types.AttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberSS:
		slices.Sort(v.Value)
	case *types.AttributeValueMemberNS:
		slices.Sort(v.Value)
	case *types.AttributeValueMemberBS:
		slices.SortFunc(v.Value, bytes.Compare)
	case *types.AttributeValueMemberL:
		for _, e := range v.Value {
			inOneOrder(e)
		}
	case *types.AttributeValueMemberM:
		for _, e := range v.Value {
			inOneOrder(e)
		}
	}
	return v
}
