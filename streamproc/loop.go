package streamproc

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ownWrite reports whether a record is a MODIFY that changed none but the given
// attributes.
func (r *RawRecord) ownWrite(attributes []string) (bool, error) {
	if r.Operation != Modify {
		return false, nil
	}
	if err := r.needs(NewAndOldImages); err != nil {
		return false, err
	}
	return within(r.New(), r.Old(), attributes) && within(r.Old(), r.New(), attributes), nil
}

// within reports whether b has every attribute of a, unchanged, but for some.
func within(a, b Image, but []string) bool {
	return members(a.data, 0, func(quoted []byte, value int) int {
		end, name := skipValue(a.data, value), nameOf(quoted)
		if end < 0 || !slices.Contains(but, name) && !b.has(name, a.data[value:end]) {
			return -1
		}
		return end
	}) >= 0
}

// has compares the bytes first: a set or a map may come in another order.
func (m Image) has(name string, value []byte) bool {
	at := m.find(name)
	if at < 0 {
		return false
	}
	end := skipValue(m.data, at)
	return end > 0 && (bytes.Equal(m.data[at:end], value) || equalValues(m.data[at:end], value))
}

func equalValues(a, b []byte) bool {
	ra, rb := reader{data: a}, reader{data: b}
	va, _, errA := ra.attribute(0, 0, true)
	vb, _, errB := rb.attribute(0, 0, true)
	return errA == nil && errB == nil && reflect.DeepEqual(inOneOrder(va), inOneOrder(vb))
}

// inOneOrder sorts the sets of a value.
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
