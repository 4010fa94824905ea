package docs

import (
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// TestWords holds comments, the texts of the library, and Markdown to the word list
// testdata/words.txt.
func TestWords(t *testing.T) {
	t.Parallel()
	words := wordList(t)
	for _, file := range tracked(t, "*.go") {
		for _, p := range goProse(t, file, read(t, file)) {
			words.check(t, file, p)
		}
	}
	for _, page := range pages(t) {
		words.check(t, page.file, markdownProse(page))
	}
}

// words are the rules of the list, and one pattern that finds any of them.
type words struct {
	any   *regexp.Regexp
	rules []rule
}

type rule struct {
	pattern, except *regexp.Regexp
	instead         string
}

func (w words) check(t *testing.T, file string, p prose) {
	t.Helper()
	for _, f := range w.find(p.text) {
		t.Errorf("%s:%d: %q: say %s", file, p.line(f.offset), f.word, f.instead)
	}
}

type finding struct {
	offset        int
	word, instead string
}

func (w words) find(text string) (found []finding) {
	if !w.any.MatchString(text) {
		return nil
	}
	for _, r := range w.rules {
		for _, at := range r.pattern.FindAllStringIndex(text, -1) {
			if !within(r.except.FindAllStringIndex(text, -1), at) {
				found = append(found, finding{at[0], text[at[0]:at[1]], r.instead})
			}
		}
	}
	return found
}

func within(spans [][]int, at []int) bool {
	return slices.ContainsFunc(spans, func(s []int) bool { return s[0] <= at[0] && at[1] <= s[1] })
}

func wordList(t *testing.T) words {
	t.Helper()
	content, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list words
	var all []string
	for i, line := range strings.Split(string(content), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		found, instead, ok := strings.Cut(line, "=")
		if !ok {
			t.Fatalf("words.txt:%d: no = in %q", i+1, line)
		}
		instead, except, _ := strings.Cut(instead, "; except")
		r := rule{regexp.MustCompile(phrases(found)), regexp.MustCompile(phrases(except)), strings.TrimSpace(instead)}
		list.rules = append(list.rules, r)
		all = append(all, r.pattern.String())
	}
	list.any = regexp.MustCompile(strings.Join(all, "|"))
	return list
}

// phrases is a pattern for any of a list of phrases. An empty list matches nothing.
func phrases(list string) string {
	var patterns []string
	for phrase := range strings.SplitSeq(list, ",") {
		if phrase = strings.TrimSpace(phrase); phrase != "" {
			patterns = append(patterns, strings.ReplaceAll(regexp.QuoteMeta(phrase), `\*`, `\w*`))
		}
	}
	if patterns == nil {
		return `[^\s\S]`
	}
	return `(?i)\b(?:` + strings.Join(patterns, "|") + `)\b`
}

// prose is a run of text whose lines are joined, so that a phrase may be broken
// between them.
type prose struct {
	text   string
	starts []start
}

type start struct{ offset, line int }

func (p *prose) add(line int, text string) {
	p.starts = append(p.starts, start{len(p.text), line})
	p.text += text + " "
}

func (p prose) line(offset int) int {
	i := sort.Search(len(p.starts), func(i int) bool { return p.starts[i].offset > offset })
	return p.starts[i-1].line
}

func markdownProse(p page) (all prose) {
	for i, line := range p.prose {
		if line == "" {
			line = "." // a phrase does not go on after an empty line
		}
		all.add(i+1, strings.Join(code.Split(line, -1), " . "))
	}
	return all
}

func TestWordList(t *testing.T) {
	words := wordList(t)
	for text, want := range map[string]string{
		"the job is cancelled":    "cancelled",
		"the caller has him\ntry": "him",
		"it comes\nagain":         "comes again",
		"it is no job":            "is no",
		"it is no longer a job":   "",
		"there is no job":         "",
		"Serialisation":           "Serialisation",
		"`cancelled` is in code":  "",
		"an optimistic emphasis":  "",
	} {
		var got []string
		for _, f := range words.find(markdownProse(parse("page.md", text)).text) {
			got = append(got, f.word)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}
