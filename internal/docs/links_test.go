package docs

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
				if strings.Contains(m[1], ":") {
					checkURL(t, p.file, i+1, m[1])
				} else {
					checkLink(t, p.file, i+1, m[1])
				}
			}
		}
		checkReferences(t, p)
	}
}

// checkReferences checks links whose targets stand elsewhere on the page.
func checkReferences(t *testing.T, p page) {
	t.Helper()
	defined, used := map[string]bool{}, map[string]bool{}
	for i, line := range p.prose {
		if m := definition.FindStringSubmatch(line); m != nil {
			defined[m[1]] = true
			checkURL(t, p.file, i+1, m[2])
			continue
		}
		for _, m := range reference.FindAllStringSubmatch(code.ReplaceAllString(heading.ReplaceAllString(line, ""), "")+" ", -1) {
			used[cmp.Or(m[2], m[1])] = true
		}
	}
	for label := range used {
		if !defined[label] {
			t.Errorf("%s: [%s] is not defined", p.file, label)
		}
	}
	for label := range defined {
		if !used[label] {
			t.Errorf("%s: [%s] is not used", p.file, label)
		}
	}
}

// TestSources checks the sources and the pages of the repository that comments name.
func TestSources(t *testing.T) {
	t.Parallel()
	for _, file := range tracked(t, "*.go") {
		content := read(t, file)
		for _, m := range source.FindAllString(content, -1) {
			for url := range strings.FieldsSeq(m) {
				if strings.HasPrefix(url, "https://") {
					checkURL(t, file, 0, strings.TrimRight(url, ",."))
				}
			}
		}
		for _, m := range ownPage.FindAllStringSubmatch(content, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s: there is no %s", file, m[1])
			}
		}
	}
}

var (
	definition = regexp.MustCompile(`^\[([^]]+)\]: (\S+)(?: "[^"]*")?$`)
	reference  = regexp.MustCompile(`\[([^][]+)\](?:\[([^]]*)\])?[^(\[]`)
	source     = regexp.MustCompile(`// Sources?: https://[^\n]*`)
	ownPage    = regexp.MustCompile(`[^/\w](docs/[a-z/-]+\.md)`)
)

// hosts are those that pages and comments may refer to. No test here has a network, so
// what the addresses lead to was looked at when they were written.
var hosts = strings.Fields(`
	aws.amazon.com docs.aws.amazon.com docs.amplify.aws smithy.io
	docs.github.com docs.gitlab.com docs.slack.dev docs.stripe.com docs.svix.com shopify.dev
	api.slack.com github.com go.dev pkg.go.dev riverqueue.com unpkg.com www.npmjs.com
	eprint.iacr.org html.spec.whatwg.org keepachangelog.com llmstxt.org semver.org spec.graphql.org www.rfc-editor.org www.w3.org
`)

// checkURL checks the form of an address.
func checkURL(t *testing.T, file string, line int, address string) {
	t.Helper()
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "":
		t.Errorf("%s:%d: %s is not a plain https address", file, line, address)
	case !slices.Contains(hosts, u.Host):
		t.Errorf("%s:%d: %s is not among the hosts of this test", file, line, u.Host)
	case u.Host == "docs.aws.amazon.com" && !strings.HasSuffix(u.Path, ".html"):
		t.Errorf("%s:%d: %s is not a page", file, line, address)
	case u.Host == "github.com" && strings.Count(strings.Trim(u.Path, "/"), "/") < 1:
		t.Errorf("%s:%d: %s is not a repository", file, line, address)
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
	if anchor != "" && !strings.HasSuffix(path, ".md") {
		t.Errorf("%s:%d: %s moves", file, line, target)
	}
	if anchor != "" && strings.HasSuffix(path, ".md") && !hasHeading(parse(path, read(t, path)), anchor) {
		t.Errorf("%s:%d: %s has no heading #%s", file, line, path, anchor)
	}
}

// hasHeading reports whether GitHub gives one of the page's headings this anchor. It numbers
// those that are the same.
func hasHeading(p page, anchor string) bool {
	seen := map[string]int{}
	for _, line := range p.prose {
		m := heading.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		slug := strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		if n := seen[slug]; n > 0 && fmt.Sprintf("%s-%d", slug, n) == anchor || n == 0 && slug == anchor {
			return true
		}
		seen[slug]++
	}
	return false
}

func TestHasHeading(t *testing.T) {
	p := parse("page.md", "# One `two`: three\n## Same\n```\n# Not one\n```\n## Same\n")
	for anchor, want := range map[string]bool{"one-two-three": true, "same": true, "same-1": true, "same-2": false, "not-one": false} {
		if got := hasHeading(p, anchor); got != want {
			t.Errorf("#%s: got %v, want %v", anchor, got, want)
		}
	}
}
