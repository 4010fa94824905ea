package avjson

import "strings"

// Key is one attribute of an item's key. The zero value stands for a missing one.
type Key struct {
	Name  string
	Type  string // S, N or B
	Value string // as text
}

// DecodeKeys decodes an item's key. The strings are copied into arena. Its error is a
// [*Malformed] below path.
func DecodeKeys(path string, key Object, arena *strings.Builder) ([2]Key, error) {
	r := reader{data: key, arena: arena}
	keys, err := r.keys()
	if err != nil {
		return keys, under(path, err)
	}
	return keys, nil
}

func (r *reader) keys() (k [2]Key, err *Malformed) {
	if len(r.data) == 0 {
		return k, nil
	}
	n := 0
	end := Members(r.data, 0, func(name []byte, pos int) (end int) {
		if n == len(k) {
			err = &Malformed{Problem: "has more than 2 attributes"}
			return -1
		}
		if k[n], end, err = r.key(name, pos); err == nil && n == 1 && k[0].Name == k[1].Name {
			err = &Malformed{Problem: "is there twice"}
		}
		if err != nil {
			err = under("."+Name(name), err)
			return -1
		}
		n++
		return end
	})
	if err == nil && end < 0 {
		err = &Malformed{Problem: "is malformed"}
	}
	return k, err
}

func (r *reader) key(name []byte, pos int) (a Key, end int, err *Malformed) {
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
		return a, -1, &Malformed{Problem: "is not a key attribute: its type tag is not S, N or B"}
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
		return Name(quoted)
	}
	return r.copy(quoted)
}
