package docs

import (
	"regexp"
	"strings"
	"testing"
)

// TestQuotes: a block after the comment <!-- from FILE --> is a part of that file, which other
// tests compile and run.
func TestQuotes(t *testing.T) {
	t.Parallel()
	quotes := 0
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if file := b.quoted(); file != "" {
				quotes++
				if !strings.Contains("\n"+read(t, file), "\n"+b.text) {
					t.Errorf("%s:%d: %s has no such lines", b.file, b.line, file)
				}
			}
		}
	}
	if quotes == 0 {
		t.Error("no page quotes a file")
	}
}

var quotedFrom = regexp.MustCompile(`^<!-- from (\S+) -->$`)

// quoted is the file that a block is from, or empty.
func (b block) quoted() string {
	if m := quotedFrom.FindStringSubmatch(b.before); m != nil {
		return m[1]
	}
	return ""
}
