// Package exactjson reads members of a JSON object by their exact names. encoding/json
// takes a name in any case, and so reads what the sender of an event has not written.
package exactjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// ErrNoObject is why there are no members to read.
var ErrNoObject = errors.New("not a JSON object")

// Values returns the values of the object's members with the given names, as they are
// written, and nil for a name that is absent. Of a name that is repeated the last value
// counts. The text null is an object without members.
func Values(object []byte, names ...string) ([][]byte, error) {
	values := make([][]byte, len(names))
	if !json.Valid(object) {
		return values, ErrNoObject
	}
	switch rest := unspaced(object); rest[0] {
	case 'n':
		return values, nil
	case '{':
		find(rest[1:], names, values)
		return values, nil
	}
	return values, ErrNoObject
}

// find stores the values of the members. What follows the opening brace is valid JSON,
// so that the ends of names and values are all that it has to know.
func find(rest []byte, names []string, values [][]byte) {
	for rest = unspaced(rest); rest[0] != '}'; rest = unspaced(rest) {
		if rest[0] == ',' {
			rest = unspaced(rest[1:])
		}
		end := valueEnd(rest)
		i := index(names, rest[:end])
		rest = unspaced(unspaced(rest[end:])[1:]) // after the colon
		end = valueEnd(rest)
		if i >= 0 {
			values[i] = rest[:end]
		}
		rest = rest[end:]
	}
}

// index is that of the name, which is in quotes, or -1.
func index(names []string, quoted []byte) int {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		var text string
		_ = json.Unmarshal(quoted, &text)
		name = []byte(text)
	}
	return slices.IndexFunc(names, func(one string) bool { return one == string(name) })
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
