package avjson

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// Object is the JSON of an object, such as an item. An empty Object stands for a missing
// one.
type Object []byte

// Member returns the JSON of the member name, or nil if it is missing.
func (o Object) Member(name string) []byte {
	pos, _ := o.find(name)
	if pos < 0 {
		return nil
	}
	return o[pos:max(pos, SkipValue(o, pos))]
}

// Values decodes every attribute of an item. Its error is a [*Malformed] below path.
func (o Object) Values(path string) (map[string]types.AttributeValue, error) {
	r := reader{data: o}
	values, _, err := r.object(0, 0, true)
	if err != nil {
		return nil, under(path, err)
	}
	return values, nil
}

// find returns the position of the value of the member name, or -1. Of several members of
// that name it takes the last, as the decoder does. ok is false if the object is malformed.
func (o Object) find(name string) (at int, ok bool) {
	at = -1
	end := Members(o, 0, func(n []byte, value int) int {
		if named(n, name) {
			at = value
		}
		return SkipValue(o, value)
	})
	return at, end >= 0
}
