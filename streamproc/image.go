package streamproc

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Image is an item, or its key, as it stands in the event.
type Image struct{ data []byte }

// Exists reports whether the record has the image.
func (m Image) Exists() bool { return len(m.data) > 0 }

// Is reports whether the string attribute called name has that value. It
// allocates nothing.
func (m Image) Is(name, value string) bool {
	return stands(m.stringValue(name), value)
}

// String returns the string attribute called name, or "" when it is missing or of
// another type.
func (m Image) String(name string) string { return text(nil, m.stringValue(name)) }

// Values decodes every attribute. Its error names the path of one that is
// malformed.
func (m Image) Values() (map[string]types.AttributeValue, error) {
	if !m.Exists() {
		return nil, nil
	}
	r := reader{data: m.data}
	values, _, err := r.object(0, 0, true)
	if err != nil {
		return nil, under("image", err)
	}
	return values, nil
}

// stringValue returns what stands under the tag S of an attribute.
func (m Image) stringValue(name string) []byte {
	pos := m.find(name)
	if pos < 0 {
		return nil
	}
	r := reader{data: m.data}
	tag, value, err := r.tag(pos)
	if err != nil || string(tag) != "S" {
		return nil
	}
	return r.quoted(value)
}

// text is a member that is a string itself.
func (m Image) text(name string) string {
	pos := m.find(name)
	if pos < 0 {
		return ""
	}
	return text(nil, m.data[pos:max(pos, skipValue(m.data, pos))])
}

// find returns the position of the member called name, or -1.
func (m Image) find(name string) (at int) {
	at, _ = m.locate(name)
	return at
}

// locate is find, but ok is false when the image is malformed before the member.
func (m Image) locate(name string) (at int, ok bool) {
	at = -1
	end := members(m.data, 0, func(n []byte, value int) int {
		if named(n, name) {
			at = value
			return -1
		}
		return skipValue(m.data, value)
	})
	return at, at >= 0 || end >= 0
}

// named compares a name as it stands between its quotation marks.
func named(quoted []byte, name string) bool {
	if verbatim(quoted) {
		return string(quoted) == name
	}
	return nameOf(quoted) == name
}

// verbatim reports whether the inside of a JSON string stands for itself.
func verbatim(body []byte) bool { return bytes.IndexByte(body, '\\') < 0 && utf8.Valid(body) }

// nameOf is a name as it stands between its quotation marks.
func nameOf(quoted []byte) string {
	if plainPrefix(quoted) == len(quoted) {
		return string(quoted)
	}
	return text(nil, fmt.Appendf(nil, `"%s"`, quoted))
}
