package docs

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest = regexp.MustCompile("`([a-z][a-z/-]*)\\.((?:Test|Fuzz|Example)\\w+)`")
	testFunc  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w+)\(`)
)

// attackers each have a row in docs/security.md.
var attackers = []string{
	"anyone who knows the URL", "a replayer of captured requests", "another tenant of the provider", "a signed-in user of the front end",
	"the holder of the browser's API key, a guest, a role without a policy", "someone who may invoke the function",
	"someone who can write the table", "a worker that lost its lease", "a reader of the dead-letter queue", "a reader of the logs",
	"a service that is called, or someone on the way to it", "a web page that the developer visits", "a compromised dependency or download",
}

// TestSecurity: each row of docs/security.md that names an attack names its tests, or says
// that there is none.
func TestSecurity(t *testing.T) {
	const file = "docs/security.md"
	rows := map[string]int{}
	_, attacks, _ := strings.Cut(read(t, file), "\n## Attacks\n")
	for line := range strings.Lines(attacks) {
		columns := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| attacker |") {
			continue
		}
		rows[strings.TrimSpace(columns[0])]++
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
	}
	for _, attacker := range attackers {
		if rows[attacker] == 0 {
			t.Errorf("%s has no row for %s", file, attacker)
		}
		delete(rows, attacker)
	}
	for attacker := range rows {
		t.Errorf("%s names another attacker: %s", file, attacker)
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
