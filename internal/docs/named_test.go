package docs

import "testing"

// TestNamedTests: a test that a page names as `folder.TestName` exists.
func TestNamedTests(t *testing.T) {
	tests := testNames(t)
	for _, file := range tracked(t, "*.md") {
		for _, m := range namedTest.FindAllStringSubmatch(read(t, file), -1) {
			if !tests[m[1]+"."+m[2]] {
				t.Errorf("%s: there is no %s in %s", file, m[2], m[1])
			}
		}
	}
}
