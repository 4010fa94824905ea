package docs

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// fileName is the line before a block that is a file of its page's program.
var fileName = regexp.MustCompile("^`(\\w+\\.\\w+)`.*:$")

// name is that of the file which the block is, or empty.
func (b block) name() string {
	if m := fileName.FindStringSubmatch(b.before); m != nil {
		return m[1]
	}
	return ""
}

// guide is a page of docs/guides with a program, its test and its template.
type guide struct {
	page
	name  string
	files map[string]block
}

const guideIndex = "docs/guides/README.md"

// guides returns the guides, and the index with the files that all of them share.
func guides(t *testing.T) (all []guide, index guide) {
	t.Helper()
	for _, p := range pages(t) {
		if filepath.Dir(p.file) != filepath.Dir(guideIndex) {
			continue
		}
		g := guide{p, strings.TrimSuffix(filepath.Base(p.file), ".md"), map[string]block{}}
		for _, b := range p.blocks {
			if b.name() != "" {
				g.files[b.name()] = b
			}
		}
		if p.file == guideIndex {
			index = g
		} else {
			all = append(all, g)
		}
	}
	return all, index
}

// TestGuidesAreWhole: a guide has a program, a test and a template, and says how to
// operate it.
func TestGuidesAreWhole(t *testing.T) {
	all, index := guides(t)
	for _, g := range all {
		for _, name := range []string{"main.go", "main_test.go", "template.yaml"} {
			if g.files[name].text == "" {
				t.Errorf("%s has no %s", g.file, name)
			}
		}
		for _, section := range []string{"program", "deploy", "test", "operate", "limits"} {
			if !hasHeading(g.page, section) {
				t.Errorf("%s has no section %s", g.file, section)
			}
		}
		if len(g.prose) > maxGuide {
			t.Errorf("%s has %d lines", g.file, len(g.prose))
		}
		if !strings.Contains(strings.Join(index.prose, "\n"), "("+g.name+".md)") {
			t.Errorf("%s has no link to %s", guideIndex, g.file)
		}
	}
}

const maxGuide = 215 // lines

var (
	readVariable = regexp.MustCompile(`os\.Getenv\("(\w+)"\)`)
	setVariables = regexp.MustCompile(`(?m)(?:Variables: |^ +[A-Z_]+: "|^(?:Add |and )\x60[A-Z]).*$`)
	setVariable  = regexp.MustCompile(`[{, \x60] ?([A-Z_]+): `)
)

// TestGuidesSetVariables: the template of a guide sets the variables that its program
// reads, and no others.
func TestGuidesSetVariables(t *testing.T) {
	all, index := guides(t)
	for _, g := range all {
		read := found(readVariable, index.files["setup.go"].text+g.files["main.go"].text)
		set := found(setVariable, strings.Join(setVariables.FindAllString(index.files["template.yaml"].text+g.files["template.yaml"].text+strings.Join(g.prose, "\n"), -1), "\n"))
		if !slices.Equal(set, read) {
			t.Errorf("%s: the template sets %q, the program reads %q", g.file, set, read)
		}
	}
}

var sentHeader = regexp.MustCompile(`(?:[{,] |')([A-Z][A-Za-z-]+)'?: (?:\x60|')`)

// TestGuidesAllowHeaders: a browser sends no request whose headers the API does not allow.
func TestGuidesAllowHeaders(t *testing.T) {
	all, index := guides(t)
	sent := map[string]bool{"if-none-match": true} // of watch.js
	for _, g := range all {
		for _, b := range g.blocks {
			if b.language == "typescript" {
				for _, header := range found(sentHeader, b.text) {
					sent[strings.ToLower(header)] = true
				}
			}
		}
	}
	want := "AllowHeaders: [" + strings.Join(slices.Sorted(maps.Keys(sent)), ", ") + "]\n"
	if !strings.Contains(index.files["api.yaml"].text, want) {
		t.Errorf("%s: api.yaml lacks %s", guideIndex, want)
	}
}

// found are the first groups of all matches, each once and in order.
func found(pattern *regexp.Regexp, text string) []string {
	all := map[string]bool{}
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		all[m[1]] = true
	}
	return slices.Sorted(maps.Keys(all))
}

var (
	pattern    = regexp.MustCompile(`Pattern: ('.*?')`)
	projection = regexp.MustCompile(`NonKeyAttributes: (\[.*?\])`)
	mapping    = regexp.MustCompile(`(?ms)Type: DynamoDB$.*?\n\n`)
)

// TestGuidesMapStreams as the template of the examples does, which a test compares with
// the code.
func TestGuidesMapStreams(t *testing.T) {
	examples := read(t, "examples/template.yaml")
	for _, b := range fenced(t, "yaml") {
		for _, text := range slices.Concat(found(pattern, b.text), found(projection, b.text)) {
			if !strings.Contains(examples, text) {
				t.Errorf("%s:%d: the template of the examples has no %s", b.file, b.line, text)
			}
		}
		for _, m := range mapping.FindAllString(b.text+"\n", -1) {
			if !strings.Contains(m, "FunctionResponseTypes: [ReportBatchItemFailures]") {
				t.Errorf("%s:%d: a mapping without ReportBatchItemFailures:\n%s", b.file, b.line, m)
			}
		}
	}
}
