package streamproc

import "github.com/asyncpatterns/asyncpatterns/streamproc/internal/avjson"

// And narrows f to records for which match is true, such as those that are due. match must
// not keep the record. The pattern of [Filter.Criteria] stays as it is, since Lambda's
// patterns know no time.
func (f Filter) And(match func(*RawRecord) bool) Filter {
	switch {
	case f.IsZero():
		panic("streamproc: And: the filter is empty, want Pending, StatusChanged or Where")
	case match == nil:
		panic("streamproc: And: match is nil")
	}
	narrow := f
	narrow.match = func(r *RawRecord) (bool, error) {
		matches, err := f.match(r)
		return matches && err == nil && match(r), err
	}
	return narrow
}

// Number returns the digits of the number attribute name, or "" if it is missing or of
// another type.
func (m Image) Number(name string) string {
	return avjson.Text(nil, avjson.Object(m.json.Member(name)).Member("N"))
}
