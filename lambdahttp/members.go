package lambdahttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// members are the members of a JSON object that are read, by their exact names.
// encoding/json takes a name in any case, and so would read what the front door has
// not written.
type members []member

type member struct {
	name string
	to   any
}

var errNoObject = errors.New("not a JSON object")

// decode reads the object, or null. Of a name that is repeated the last value counts.
func (m members) decode(object []byte) error {
	if !json.Valid(object) {
		return errNoObject
	}
	values := make([][]byte, len(m))
	switch rest := unspaced(object); rest[0] {
	case 'n':
		return nil
	case '{':
		m.find(rest[1:], values)
	default:
		return errNoObject
	}
	for i, value := range values {
		if value != nil && string(value) != "null" { // as if it were absent
			if err := json.Unmarshal(value, m[i].to); err != nil {
				return err
			}
		}
	}
	return nil
}

// find stores the values of the members. What follows the opening brace is valid JSON,
// so that the ends of names and values are all that it has to know.
func (m members) find(rest []byte, values [][]byte) {
	for rest = unspaced(rest); rest[0] != '}'; rest = unspaced(rest) {
		if rest[0] == ',' {
			rest = unspaced(rest[1:])
		}
		end := valueEnd(rest)
		i := m.index(rest[:end])
		rest = unspaced(unspaced(rest[end:])[1:]) // after the colon
		end = valueEnd(rest)
		if i >= 0 {
			values[i] = rest[:end]
		}
		rest = rest[end:]
	}
}

// index is that of the member with this name, in quotes, or -1.
func (m members) index(quoted []byte) int {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		var text string
		_ = json.Unmarshal(quoted, &text)
		name = []byte(text)
	}
	return slices.IndexFunc(m, func(one member) bool { return one.name == string(name) })
}

func unspaced(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// valueEnd is the length of the value at the beginning of b.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += stringEnd(b[i:]) - 1
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		case ',', ' ', '\t', '\r', '\n', ':':
			if depth == 0 {
				return i // of a number or a word
			}
			continue
		default:
			continue
		}
		if depth < 0 {
			return i
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(b)
}

// stringEnd is the length of the string at the beginning of b, with its quotes.
func stringEnd(b []byte) int {
	for i := 1; ; i++ {
		i += bytes.IndexByte(b[i:], '"')
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
}
