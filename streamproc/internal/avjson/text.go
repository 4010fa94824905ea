package avjson

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns the value of a JSON string, and "" for anything else. It is copied into
// arena unless that is nil.
func Text(arena *strings.Builder, quoted []byte) string {
	if len(quoted) < 2 || quoted[0] != '"' {
		return ""
	}
	s, ok := unquote(arena, quoted)
	if !ok {
		return ""
	}
	return s
}

// named compares the inside of a quoted name with a name.
func named(quoted []byte, name string) bool {
	if verbatim(quoted) {
		return string(quoted) == name
	}
	return Name(quoted) == name
}

// verbatim reports whether all of the inside of a string stands for itself.
func verbatim(body []byte) bool { return bytes.IndexByte(body, '\\') < 0 && utf8.Valid(body) }

// Name returns a name from the inside of its quotation marks.
func Name(quoted []byte) string {
	if plainPrefix(quoted) == len(quoted) {
		return string(quoted)
	}
	return Text(nil, fmt.Appendf(nil, `"%s"`, quoted))
}

// plain has the bytes that stand for themselves, see [plainPrefix].
var plain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// unquote returns the value of a JSON string, as encoding/json does: what is not
// UTF-8 becomes U+FFFD. It copies into arena, so that many strings share one
// allocation, or into memory of its own when arena is nil.
func unquote(arena *strings.Builder, quoted []byte) (string, bool) {
	body := quoted[1 : len(quoted)-1]
	n := plainPrefix(body)
	if n == len(body) && arena == nil {
		return string(body), true
	}
	if arena == nil {
		arena = new(strings.Builder)
	}
	start := arena.Len()
	arena.Write(body[:n])
	if !unescape(arena, body[n:]) {
		return "", false
	}
	return arena.String()[start:], true
}

func unescape(out *strings.Builder, body []byte) bool {
	for len(body) > 0 {
		if n := plainPrefix(body); n > 0 {
			out.Write(body[:n])
			body = body[n:]
			continue
		}
		if body[0] < utf8.RuneSelf {
			n := escape(out, body)
			if n == 0 {
				return false
			}
			body = body[n:]
			continue
		}
		c, n := utf8.DecodeRune(body)
		out.WriteRune(c)
		body = body[n:]
	}
	return true
}

const (
	escapes  = `"\/bfnrt`
	escapees = "\"\\/\b\f\n\r\t"
)

// escape writes the meaning of the escape sequence at the start of body, and returns the
// sequence's length. It returns 0 if the sequence is malformed.
func escape(out *strings.Builder, body []byte) int {
	if body[0] != '\\' || len(body) < 2 {
		return 0
	}
	if i := strings.IndexByte(escapes, body[1]); i >= 0 {
		out.WriteByte(escapees[i])
		return 2
	}
	c := hex4(body)
	if c < 0 {
		return 0
	}
	if utf16.IsSurrogate(c) {
		if both := utf16.DecodeRune(c, hex4(body[6:])); both != utf8.RuneError {
			out.WriteRune(both)
			return 12
		}
		c = utf8.RuneError
	}
	out.WriteRune(c)
	return 6
}

// hex4 reads \u and four hexadecimal digits, or returns -1.
func hex4(body []byte) (c rune) {
	if len(body) < 6 || body[0] != '\\' || body[1] != 'u' {
		return -1
	}
	for _, d := range body[2:6] {
		switch {
		case '0' <= d && d <= '9':
			d -= '0'
		case 'a' <= d && d <= 'f':
			d -= 'a' - 10
		case 'A' <= d && d <= 'F':
			d -= 'A' - 10
		default:
			return -1
		}
		c = c<<4 | rune(d)
	}
	return c
}
