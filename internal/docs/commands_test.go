package docs

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// notRun are commands that this test does not run, and why. A target of make must
// still be one.
var notRun = []struct{ pattern, reason string }{
	{`\bmake\b`, "CI runs the targets"},
	{`^go test `, "make test runs all tests, and each benchmark once; TestNamedCommands looks for the names"},
	{`^go get |@latest|@v0`, "needs a release"},
	{`^git (tag|push) `, "makes a release"},
	{`^git clone `, "this is a clone"},
}

// TestCommands runs the commands of the sh blocks in the Markdown files, from the
// root of the repository.
func TestCommands(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	for _, b := range fenced(t, "sh") {
		for i, line := range strings.Split(b.text, "\n") {
			command, _, _ := strings.Cut(line, " #")
			command = strings.TrimSpace(command)
			if m := makeTarget.FindStringSubmatch(command); m != nil && !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s:%d: there is no make %s", b.file, b.line+i, m[1])
			}
			switch reason := excuse(command); {
			case command == "" || strings.HasPrefix(command, "#"):
			case strings.HasSuffix(b.file, "examples/amplify/README.md"):
				t.Logf("%s:%d: not run: examples.TestAmplifySteps runs them, in a folder of its own", b.file, b.line+i)
			case reason != "":
				t.Logf("%s:%d: not run: %s", b.file, b.line+i, reason)
			default:
				run(t, command)
			}
		}
	}
}

var makeTarget = regexp.MustCompile(`\bmake ([a-z]+)`)

func excuse(command string) string {
	for _, n := range notRun {
		if regexp.MustCompile(n.pattern).MatchString(command) {
			return n.reason
		}
	}
	return ""
}

func run(t *testing.T, command string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-ec", command)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
}
