package selfinvoke

import (
	"strconv"
	"unicode/utf8"
)

// skim reads an envelope in the layout that encoding/json writes, and leaves the
// payload undecoded. It returns nil for every other layout: other white space or
// order of fields, an escape, a trace, metadata, a seal. The payload that it returns
// may be invalid JSON, or have further members after it; decoding it reports both.
//
// Reading the whole event with encoding/json first decodes the payload twice, which
// takes twice as long (BenchmarkAsync).
func skim(event []byte) *envelope {
	s := skimmer{rest: event, ok: true}
	e := &envelope{IsAsync: true}
	s.skip(`{"isAsync":true,"version":`)
	e.Version = int(s.number())
	s.skip(`,"task":"`)
	e.Task = s.text()
	s.skip(`,"id":"`)
	e.ID = s.text()
	s.skip(`,"hop":`)
	e.Hop = int(s.number())
	s.skip(`,"time":`)
	e.Time = s.number()
	s.skip(`,"payload":`)
	last := len(s.rest) - 1
	if !s.ok || last < 0 || s.rest[last] != '}' {
		return nil
	}
	e.Payload = s.rest[:last]
	return e
}

// skimmer reads from the front. ok becomes false at the first mismatch.
type skimmer struct {
	rest []byte
	ok   bool
}

func (s *skimmer) skip(text string) {
	if s.ok = s.ok && len(s.rest) >= len(text) && string(s.rest[:len(text)]) == text; s.ok {
		s.rest = s.rest[len(text):]
	}
}

// text reads up to the closing quotation mark. It fails on what encoding/json must
// read: an escape, a control character, and bytes that may not be UTF-8.
func (s *skimmer) text() string {
	for end, c := range s.rest {
		if c == '"' && s.ok {
			text := string(s.rest[:end])
			s.rest = s.rest[end+1:]
			return text
		}
		if c < ' ' || c == '\\' || c >= utf8.RuneSelf || !s.ok {
			break
		}
	}
	s.ok = false
	return ""
}

func (s *skimmer) number() int64 {
	end := 0
	for end < len(s.rest) && '0' <= s.rest[end] && s.rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(string(s.rest[:end]), 10, 64)
	s.ok = s.ok && err == nil && (end == 1 || s.rest[0] != '0')
	s.rest = s.rest[end:]
	return n
}
