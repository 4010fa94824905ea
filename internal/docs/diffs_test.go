package docs

import (
	"strings"
	"testing"
)

// goDiffs returns what the diffs of Go are before and after, each line where it stands.
func goDiffs(t *testing.T) (sides []block) {
	t.Helper()
	for _, b := range fenced(t, "diff") {
		if strings.Contains(b.text, "func ") {
			sides = append(sides, b.side("-"), b.side("+"))
		}
	}
	return sides
}

// side is a diff without the lines of the other mark.
func (b block) side(mark string) block {
	text := ""
	for line := range strings.Lines(b.text) {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, mark) {
			text += line[1:]
		} else {
			text += "\n"
		}
	}
	b.text = text
	return b
}

func TestSide(t *testing.T) {
	b := block{text: " a\n-b\n+c\n\n d\n"}
	if before, after := b.side("-").text, b.side("+").text; before != "a\nb\n\n\nd\n" || after != "a\n\nc\n\nd\n" {
		t.Errorf("got %q and %q", before, after)
	}
}
