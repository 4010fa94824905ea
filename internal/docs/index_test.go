package docs

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLLMs holds llms.txt to the form of llmstxt.org: a title, a summary, prose without
// headings, and sections that are lists of links, each with its purpose.
func TestLLMs(t *testing.T) {
	const file = "llms.txt"
	lines := strings.Split(strings.TrimSuffix(read(t, file), "\n"), "\n")
	if !strings.HasPrefix(lines[0], "# ") || !strings.HasPrefix(lines[2], "> ") {
		t.Errorf("%s does not begin with a title and a summary", file)
	}
	section := ""
	for i, line := range lines[1:] {
		name, heading := strings.CutPrefix(line, "## ")
		switch m := linkLine.FindStringSubmatch(line); {
		case heading:
			section = name
		case section != "" && line != "" && m == nil:
			t.Errorf("%s:%d: %q is not a link with its purpose", file, i+2, line)
		case m != nil:
			checkLink(t, file, i+2, m[1])
		}
	}
}

var linkLine = regexp.MustCompile(`^- \[[^]]+\]\(([^)]+)\): .+`)

// TestIndexes: the indexes have each page and each package. README.md and llms.txt have
// the packages, docs/README.md and llms.txt the pages.
func TestIndexes(t *testing.T) {
	for _, file := range tracked(t, "*.md") {
		if file != "docs/README.md" {
			wantLink(t, "docs/README.md", file)
		}
		wantLink(t, "llms.txt", file)
	}
	for _, folder := range publicPackages(t) {
		wantLink(t, "README.md", folder)
		wantLink(t, "llms.txt", folder+"/doc.go")
	}
}

func wantLink(t *testing.T, index, target string) {
	t.Helper()
	for _, m := range link.FindAllStringSubmatch(read(t, index), -1) {
		name, _, _ := strings.Cut(m[1], "#")
		if path.Join(path.Dir(index), name) == target {
			return
		}
	}
	t.Errorf("%s has no link to %s", index, target)
}

// publicPackages are the folders of the library's packages that its users may import.
func publicPackages(t *testing.T) (folders []string) {
	t.Helper()
	for _, file := range tracked(t, "*.go") {
		folder := path.Dir(file)
		if folder != "." && !notPublic.MatchString(folder) && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// notPublic matches the folders that others cannot import, and those of other modules.
var notPublic = regexp.MustCompile(`(^|/)(internal|testdata)(/|$)|^(examples|crosscheck|tools)(/|$)`)
