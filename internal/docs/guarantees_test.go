package docs

import (
	"regexp"
	"strings"
	"testing"
)

// TestGuarantees: each row of docs/guarantees.md ends with its tests, or says why there is
// none.
func TestGuarantees(t *testing.T) {
	const file = "docs/guarantees.md"
	checks, rows := suiteChecks(t), 0
	for i, line := range parse(file, read(t, file)).prose {
		if !strings.HasPrefix(line, "| ") || strings.HasSuffix(line, "| the test |") {
			continue
		}
		rows++
		columns := strings.Split(strings.Trim(line, "| "), " | ")
		tests := columns[len(columns)-1]
		named := namedTest.FindAllString(tests, -1)
		for _, m := range suiteCheck.FindAllStringSubmatch(tests, -1) {
			if named = append(named, m[0]); !checks[m[1]] {
				t.Errorf("%s:%d: jobstoretest has no check %s", file, i+1, m[1])
			}
		}
		if len(named) == 0 && !strings.HasPrefix(tests, "none: ") || 2*len(named) != strings.Count(tests, "`") {
			t.Errorf("%s:%d: no test, or something else than tests, in %s", file, i+1, tests)
		}
	}
	if rows < 50 {
		t.Errorf("%s has %d rows with a test", file, rows)
	}
}

var (
	suiteCheck = regexp.MustCompile("`([a-zT0-9 ]+/[a-z][^`.]*)`")
	checkNamed = regexp.MustCompile(`\{name: "([^"]+)"`)
)

// suiteChecks are the names of the checks that each store passes.
func suiteChecks(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, m := range checkNamed.FindAllStringSubmatch(read(t, "jobstore/jobstoretest/check.go"), -1) {
		names[m[1]] = true
	}
	return names
}
