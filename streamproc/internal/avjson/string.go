package avjson

import "bytes"

// String returns the string attribute name with its quotation marks, or nil if it is
// missing or of another type. A malformed one is a [*Malformed] below path.
func (o Object) String(path, name string) (quoted []byte, err error) {
	at, ok := o.find(name)
	if !ok {
		return nil, under(path, &Malformed{Problem: "is malformed"})
	}
	if at < 0 {
		return nil, nil
	}
	r := reader{data: o}
	quoted, malformed := r.stringIfAny(at)
	if malformed != nil {
		return nil, under(path+"."+name, malformed)
	}
	return quoted, nil
}

// stringIfAny returns the string of the attribute value at pos, or nil if it is of
// another type. It checks the whole value. It does not allocate for the types that a
// status may have.
func (r *reader) stringIfAny(pos int) (quoted []byte, err *Malformed) {
	tag, value, err := r.tag(pos)
	if err != nil {
		return nil, err
	}
	end, ok := -1, true
	switch string(tag) {
	case "S":
		if quoted = r.quoted(value); quoted == nil || !readable(quoted) {
			return nil, wrong("S")
		}
		end = value + len(quoted)
	case "BOOL", "NULL":
		if _, end, ok = r.boolean(value); !ok {
			return nil, wrong(string(tag))
		}
	default:
		_, _, err = r.attribute(pos, 0, false)
		return nil, err
	}
	_, err = r.close(end)
	return quoted, err
}

func readable(quoted []byte) bool {
	if verbatim(quoted[1 : len(quoted)-1]) {
		return true
	}
	_, ok := unquote(nil, quoted)
	return ok
}

// Is reports whether quoted is a JSON string that has the given value.
func Is(quoted []byte, value string) bool {
	if len(quoted) < 2 || quoted[0] != '"' {
		return false
	}
	if body := quoted[1 : len(quoted)-1]; verbatim(body) {
		return string(body) == value
	}
	return Text(nil, quoted) == value
}

// Same reports whether two JSON strings have the same value. They may be spelled
// differently.
func Same(a, b []byte) bool {
	return bytes.Equal(a, b) || !(verbatim(a) && verbatim(b)) && Text(nil, a) == Text(nil, b)
}
