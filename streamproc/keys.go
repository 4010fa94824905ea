package streamproc

// Keys are an item's key attributes: the partition key and, where the table has
// one, the sort key, in the order of the event.
type Keys [2]KeyAttribute

// KeyAttribute is one attribute of a key. The zero value is none.
type KeyAttribute struct {
	Name  string
	Type  string // S, N or B
	Value string // as text: of a number all its digits, of a binary base64
}

// Value returns the value of the key attribute called name, or "" without one.
func (k Keys) Value(name string) string {
	for _, a := range k {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// keys decodes the record's key.
func (r *reader) keys() (k Keys, err *MalformedError) {
	if len(r.data) == 0 {
		return k, nil
	}
	n := 0
	end := members(r.data, 0, func(name []byte, pos int) (end int) {
		if n == len(k) {
			err = &MalformedError{problem: "has more than 2 attributes"}
			return -1
		}
		if k[n], end, err = r.key(name, pos); err != nil {
			err = under("."+nameOf(name), err)
			return -1
		}
		n++
		return end
	})
	if err == nil && end < 0 {
		err = &MalformedError{problem: "is malformed"}
	}
	return k, err
}

func (r *reader) key(name []byte, pos int) (a KeyAttribute, end int, err *MalformedError) {
	tag, value, err := r.tag(pos)
	if err != nil {
		return a, -1, err
	}
	switch string(tag) {
	case "S":
		a.Type = "S"
	case "N":
		a.Type = "N"
	case "B":
		a.Type = "B"
	default:
		return a, -1, &MalformedError{problem: "is no key attribute: its type tag is none of S, N and B"}
	}
	var ok bool
	if a.Value, end, ok = r.str(value, true); !ok {
		return a, -1, wrong(a.Type)
	}
	a.Name = r.name(name)
	end, err = r.close(end)
	return a, end, err
}

func (r *reader) name(quoted []byte) string {
	if plainPrefix(quoted) != len(quoted) {
		return nameOf(quoted)
	}
	return r.copy(quoted)
}
