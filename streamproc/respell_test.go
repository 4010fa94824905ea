package streamproc_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// spelling is a way to write JSON: with white space before or behind some of the
// brackets, colons and commas, or with letters and digits escaped.
type spelling struct {
	white          byte
	before, behind string
	escape         string
}

var spellings = func() (all []spelling) {
	for _, white := range []byte(" \n\r\t") {
		all = append(all, spelling{white: white, before: ":,}]"}, spelling{white: white, behind: "{[,"}, spelling{white: white, behind: ":"})
	}
	return append(all, spelling{escape: `\u%04x`}, spelling{escape: `\u%04X`})
}()

// of respells data, which is JSON, so that it says the same.
func (s spelling) of(data []byte) (out []byte) {
	quoted := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			quoted = !quoted
			out = append(out, c)
		case quoted && c == '\\': // with what it escapes, which may be a quotation mark
			out = append(out, data[i:i+2]...)
			i++
		case quoted && s.escape != "" && isAlphanumeric(c) && !inEscape(data, i):
			out = fmt.Appendf(out, s.escape, c)
		case !quoted && strings.IndexByte(s.before, c) >= 0:
			out = append(out, s.white, c)
		case !quoted && strings.IndexByte(s.behind, c) >= 0:
			out = append(out, c, s.white)
		default:
			out = append(out, c)
		}
	}
	return out
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// inEscape reports whether a byte of a string may be one of the digits behind \u.
func inEscape(data []byte, i int) bool {
	return strings.Contains(string(data[max(0, i-5):i]), `\u`)
}

// TestEverySpellingOfTheSeeds does what a fuzzer would be long in finding.
func TestEverySpellingOfTheSeeds(t *testing.T) {
	for _, seed := range slices.Concat(seedImages, seedMetadata) {
		for _, s := range spellings {
			if json.Valid([]byte(seed)) {
				checkImage(t, s.of([]byte(seed)))
			}
		}
	}
}

func TestSpellingsSayTheSame(t *testing.T) {
	for _, seed := range slices.Concat(seedImages, seedMetadata, seedStrings) {
		want, ok := parseTree([]byte(seed))
		if !ok {
			continue
		}
		for _, s := range spellings {
			if got, ok := parseTree(s.of([]byte(seed))); !ok || !equal(want, got) {
				t.Errorf("%s became %s by %+v", seed, s.of([]byte(seed)), s)
			}
		}
	}
}
