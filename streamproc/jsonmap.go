package streamproc

import (
	"encoding/json"
	"reflect"
	"strings"
)

// setJSON sets a map from a string that is its JSON. A text that is none is left
// to attributevalue, which refuses it.
func (s *structReader) setJSON(v reflect.Value, pos int) (end int) {
	text, end, ok := s.str(pos, true)
	if !ok {
		return -1
	}
	m := v.Addr().Interface().(*map[string]any)
	if flat, ok := flatMap(text); ok {
		*m = flat
		return end
	}
	if json.Unmarshal([]byte(text), m) != nil {
		return -1
	}
	return end
}

// flatMap reads a JSON object whose names and values are strings without escapes,
// all of which share the memory of text. It is what most metadata is.
func flatMap(text string) (m map[string]any, ok bool) {
	c := cursor{rest: text}
	if !c.skip('{') {
		return nil, false
	}
	m = map[string]any{}
	for more := !c.skip('}'); more; more = c.skip(',') {
		name, named := c.text()
		if !named || !c.skip(':') {
			return nil, false
		}
		value, valued := c.text()
		if !valued {
			return nil, false
		}
		m[name] = value
	}
	return m, (len(m) == 0 || c.skip('}')) && c.end()
}

// cursor reads JSON from the front.
type cursor struct{ rest string }

func (c *cursor) skip(b byte) bool {
	for c.rest != "" && strings.IndexByte(" \t\r\n", c.rest[0]) >= 0 {
		c.rest = c.rest[1:]
	}
	if c.rest == "" || c.rest[0] != b {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

func (c *cursor) text() (string, bool) {
	if !c.skip('"') {
		return "", false
	}
	for i := 0; i < len(c.rest); i++ {
		if b := c.rest[i]; !plain[b] {
			text := c.rest[:i]
			c.rest = c.rest[i+1:]
			return text, b == '"'
		}
	}
	return "", false
}

// end reports whether nothing but white space is left.
func (c *cursor) end() bool {
	return !c.skip(0) && c.rest == ""
}
