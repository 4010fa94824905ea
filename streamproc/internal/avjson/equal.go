package avjson

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// SameBut reports whether two items have the same attributes, apart from the named ones.
func SameBut(a, b Object, names []string) bool { return within(a, b, names) && within(b, a, names) }

// within reports whether b has every attribute of a with the same value, apart from some.
func within(a, b Object, but []string) bool {
	return Members(a, 0, func(quoted []byte, value int) int {
		end, name := SkipValue(a, value), Name(quoted)
		if end < 0 || !slices.Contains(but, name) && !b.has(name, a[value:end]) {
			return -1
		}
		return end
	}) >= 0
}

// has compares the bytes first, and then the values: the members of a set or a map may be
// in another order.
func (o Object) has(name string, value []byte) bool {
	other := o.Member(name)
	return len(other) > 0 && (bytes.Equal(other, value) || equalValues(other, value))
}

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
