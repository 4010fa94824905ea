package docs

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest = regexp.MustCompile("`([a-z][a-z/]*)\\.((?:Test|Fuzz|Example)\\w+)`")
	testFunc  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w+)\(`)
)

// TestSecurity: each row of docs/security.md that names an attack names its tests, which
// exist, or says that there is none.
func TestSecurity(t *testing.T) {
	const file = "docs/security.md"
	tests, rows := testNames(t), 0
	_, attacks, _ := strings.Cut(read(t, file), "\n## Attacks\n")
	for line := range strings.Lines(attacks) {
		columns := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| attacker |") {
			continue
		}
		rows++
		if len(columns) != 4 {
			t.Errorf("%s: %d columns in %s", file, len(columns), line)
			continue
		}
		named := namedTest.FindAllStringSubmatch(columns[3], -1)
		if len(named) == 0 && !strings.HasPrefix(columns[3], "none: ") {
			t.Errorf("%s: no test in %s", file, line)
		}
		if 2*len(named) != strings.Count(columns[3], "`") && len(named) > 0 {
			t.Errorf("%s: %s names something else than tests", file, columns[3])
		}
		for _, m := range named {
			if !tests[m[1]+"."+m[2]] {
				t.Errorf("%s: there is no %s in %s", file, m[2], m[1])
			}
		}
	}
	if rows < 30 {
		t.Errorf("%s has %d attacks", file, rows)
	}
}

// testNames has each test of the repository as folder.Name.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, file := range tracked(t, "*_test.go") {
		for _, m := range testFunc.FindAllStringSubmatch(read(t, file), -1) {
			names[filepath.ToSlash(filepath.Dir(file))+"."+m[1]] = true
		}
	}
	return names
}
