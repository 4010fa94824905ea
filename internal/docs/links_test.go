package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code    = regexp.MustCompile("`[^`]*`")
	heading = regexp.MustCompile(`^#+ (.*)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks checks that what Markdown links to in the repository is there, headings
// included.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		for i, line := range p.prose {
			for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(line, ""), -1) {
				if target := m[1]; !strings.Contains(target, "://") && !strings.HasPrefix(target, "mailto:") {
					checkLink(t, p.file, i+1, target)
				}
			}
		}
	}
}

func checkLink(t *testing.T, file string, line int, target string) {
	t.Helper()
	name, anchor, _ := strings.Cut(target, "#")
	path := file
	if name != "" {
		path = filepath.Join(filepath.Dir(file), name)
	}
	if _, err := os.Stat(filepath.Join(root, path)); err != nil {
		t.Errorf("%s:%d: there is no %s", file, line, name)
		return
	}
	if anchor != "" && strings.HasSuffix(path, ".md") && !hasHeading(parse(path, read(t, path)), anchor) {
		t.Errorf("%s:%d: %s has no heading #%s", file, line, path, anchor)
	}
}

// hasHeading reports whether GitHub gives one of the page's headings this anchor.
func hasHeading(p page, anchor string) bool {
	for _, line := range p.prose {
		if m := heading.FindStringSubmatch(line); m != nil {
			slug := noSlug.ReplaceAllString(strings.ToLower(m[1]), "")
			if strings.ReplaceAll(slug, " ", "-") == anchor {
				return true
			}
		}
	}
	return false
}
