package avjson

import (
	"encoding/json"
	"reflect"
)

// setJSON sets a field from a string that is JSON. It leaves other strings to
// attributevalue, which refuses them unless the field's type accepts strings.
func (s *structReader) setJSON(v reflect.Value, pos int) (end int) {
	quoted := s.quoted(pos)
	if quoted == nil {
		return -1
	}
	if m, isMap := v.Addr().Interface().(*map[string]any); isMap {
		if flat, ok := s.flatMap(quoted); ok {
			*m = flat
			return pos + len(quoted)
		}
	}
	text, ok := unquote(nil, quoted)
	v.SetZero() // Unmarshal adds to what is there
	if !ok || json.Unmarshal([]byte(text), v.Addr().Interface()) != nil {
		return -1
	}
	return pos + len(quoted)
}

// flatMap reads an object whose names and values are strings without escapes, as in most
// metadata. The object's text is itself a JSON string, so each of its quotation marks has
// a backslash before it. Without this, BenchmarkDispatch takes 1.5 times as long
// for a jobstore.Job.
func (s *structReader) flatMap(quoted []byte) (m map[string]any, ok bool) {
	c := cursor{quoted[1 : len(quoted)-1]}
	if !c.skip("{") {
		return nil, false
	}
	m = map[string]any{}
	for more := !c.skip("}"); more; more = c.skip(",") {
		name, named := c.text()
		if !named || !c.skip(":") {
			return nil, false
		}
		value, valued := c.text()
		if !valued {
			return nil, false
		}
		m[s.copy(name)] = s.copy(value)
	}
	return m, (len(m) == 0 || c.skip("}")) && c.end()
}

// cursor reads from the front of rest.
type cursor struct{ rest []byte }

func (c *cursor) space() {
	for len(c.rest) > 0 && c.rest[0] == ' ' {
		c.rest = c.rest[1:]
	}
}

func (c *cursor) skip(token string) bool {
	c.space()
	if len(c.rest) < len(token) || string(c.rest[:len(token)]) != token {
		return false
	}
	c.rest = c.rest[len(token):]
	return true
}

func (c *cursor) text() (text []byte, ok bool) {
	const quote = `\"`
	if !c.skip(quote) {
		return nil, false
	}
	n := plainPrefix(c.rest)
	text, c.rest = c.rest[:n], c.rest[n:]
	return text, c.skip(quote)
}

// end reports whether only white space follows.
func (c *cursor) end() bool {
	c.space()
	return len(c.rest) == 0
}
