package docs

import (
	"slices"
	"strings"
	"testing"
)

// page is a Markdown file, taken apart.
type page struct {
	file   string
	blocks []block
	prose  []string // the lines, those of fenced blocks empty
}

// block is a fenced block.
type block struct {
	file, language string
	line           int    // of its first line
	before         string // the line before the fence, unless it is empty
	text           string
}

func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, file := range tracked(t, "*.md") {
		all = append(all, parse(file, read(t, file)))
	}
	return all
}

func parse(file, content string) page {
	p := page{file: file}
	var open *block
	before := ""
	for i, line := range strings.Split(content, "\n") {
		trimmed := strings.TrimSpace(line)
		fence, prose := strings.HasPrefix(trimmed, "```"), ""
		switch {
		case fence && open == nil:
			open = &block{file: file, language: strings.TrimPrefix(trimmed, "```"), line: i + 2, before: before}
		case fence:
			p.blocks = append(p.blocks, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		default:
			prose = line
		}
		p.prose = append(p.prose, prose)
		if trimmed != "" {
			before = trimmed
		}
	}
	return p
}

// languages are those of fenced blocks. Go and sh are checked and run under these names only.
var languages = []string{"", "text", "go", "sh", "diff", "json", "yaml", "typescript"}

func TestLanguages(t *testing.T) {
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if !slices.Contains(languages, b.language) {
				t.Errorf("%s:%d: the language is %q, want one of %q", b.file, b.line, b.language, languages)
			}
			if b.language == "" && (strings.HasPrefix(b.text, "package ") || strings.HasPrefix(b.text, "go ") || strings.HasPrefix(b.text, "make ")) {
				t.Errorf("%s:%d: code without a language is not checked", b.file, b.line)
			}
		}
	}
}

// fenced returns the blocks of a language.
func fenced(t *testing.T, language string) []block {
	t.Helper()
	var found []block
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if b.language == language {
				found = append(found, b)
			}
		}
	}
	return found
}
