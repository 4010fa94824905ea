package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// files returns the files of the repository with a name of one of the patterns.
func files(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"ls-files", "--cached", "--others", "--exclude-standard", "--"}, patterns...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	found := map[string]string{}
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		content, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // just deleted
		}
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(content)
	}
	if len(found) == 0 {
		t.Fatalf("there is no %q", patterns)
	}
	return found
}

// action is an action at a commit, with its version for the reader and for Dependabot.
var action = regexp.MustCompile(`^[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

// TestWorkflowsArePinned: a tag can be moved to another commit. A job that runs what it
// downloads has a token that can only read, and leaves none behind.
func TestWorkflowsArePinned(t *testing.T) {
	for name, workflow := range files(t, ".github/workflows/*", ".github/actions/*") {
		for i, line := range strings.Split(workflow, "\n") {
			if _, used, ok := strings.Cut(line, "uses:"); ok && !action.MatchString(strings.TrimSpace(used)) {
				t.Errorf("%s:%d: uses %s, want owner/name@<commit> # v1.2.3", name, i+1, used)
			}
		}
		if !strings.Contains(workflow, "\npermissions:\n  contents: read\n\n") || strings.Count(workflow, "permissions:") != 1 {
			t.Errorf("%s: its token may do more than read", name)
		}
		if strings.Count(workflow, "actions/checkout@") != strings.Count(workflow, "persist-credentials: false") {
			t.Errorf("%s: a checkout leaves its token behind", name)
		}
		if strings.Contains(workflow, "pull_request_target") || strings.Contains(workflow, "secrets.") {
			t.Errorf("%s: code of a pull request could use a secret", name)
		}
	}
}

// fetches are commands that download something and may run it, and settings that
// switch Go's own check of it off.
var fetches = regexp.MustCompile(`\b(curl|wget|pipx?3?|uvx?|npm|npx|pnpm|yarn|corepack|apt|apt-get|brew|cargo|gem|docker|go install|go get|go run|git clone)\b` +
	`|install tool|@latest|GOPROXY|GOSUMDB|GONOSUMDB|GONOSUMCHECK|GOINSECURE|GOPRIVATE|-insecure`)

// pinned are the downloads that the repository makes, and what holds each to its
// content.
var pinned = []struct{ line, by string }{
	{`^npm ci --ignore-scripts `, "package-lock.json, see TestLockFiles"},
	{`npm rebuild --ignore-scripts=false \S+ \S+ aws-lambda-ric `, "package-lock.json: it compiles what is in the package"},
	{`npm pack --ignore-scripts --silent "\$package@\$version"`, "SHA-512 in the script, see TestDynoxide"},
	{`^GOWORK=off GOTOOLCHAIN=auto GOBIN=\S+ go -C tools install tool `, "tools/go.sum and sum.golang.org"},
	{`^go run \./`, "the module's go.sum"},
	{`apt-get update -qq && apt-get install -y -qq \$2"`, "the distribution's signature"},
	{`^- run: pipx run cfn-lint==[\d.]+ `, "nothing but its version: the workflow says why"},
}

// mentions download nothing: comments, messages, and questions whether a command is there.
var mentions = regexp.MustCompile(`(^|\s)#.*|echo "[^"]*"|tools/npm\.sh|for tool in [\w+ ]+;|command -v [\w"$]+|^need \S+( \S+)?$`)

func TestDownloadsArePinned(t *testing.T) {
	used := map[string]bool{}
	for name, script := range files(t, "Makefile", "*.sh", "*.mk", ".ci", ".github/workflows", "*Dockerfile*") {
		for i, line := range strings.Split(script, "\n") {
			line = mentions.ReplaceAllString(strings.TrimSpace(line), "")
			if !fetches.MatchString(line) {
				continue
			}
			if by := pinnedBy(line); by == "" {
				t.Errorf("%s:%d: nothing holds this download to its content: %s", name, i+1, line)
			} else {
				used[by] = true
			}
		}
	}
	for _, p := range pinned {
		if !used[p.by] {
			t.Errorf("nothing matches %s any more", p.line)
		}
	}
}

func pinnedBy(line string) string {
	for _, p := range pinned {
		if regexp.MustCompile(p.line).MatchString(line) {
			return p.by
		}
	}
	return ""
}

// TestVulnerabilitiesAreLookedFor in every module, each week and not only on a push.
func TestVulnerabilitiesAreLookedFor(t *testing.T) {
	workflow := files(t, ".github/workflows/vulnerabilities.yml")[".github/workflows/vulnerabilities.yml"]
	if !regexp.MustCompile(`\n  schedule:\n    - cron: "\d+ \d+ \* \* \d"\n`).MatchString(workflow) || !strings.Contains(workflow, "\n      - run: make vuln\n") {
		t.Error("vulnerabilities.yml does not run make vuln each week")
	}
	makefile := files(t, "Makefile")["Makefile"]
	modules := regexp.MustCompile(`MODULES +:= (.*)`).FindStringSubmatch(makefile)
	if modules == nil || !strings.Contains(makefile, "for m in $(MODULES) tools; do echo \"== vuln $$m\"; (cd $$m && GOWORK=off $(TOOLS)/govulncheck -test ./...); done") {
		t.Fatal("make vuln does not check each module")
	}
	updates := files(t, ".github/dependabot.yml")[".github/dependabot.yml"]
	for name, content := range files(t, "*go.mod", "*package-lock.json") {
		dir := filepath.Dir(name)
		if filepath.Base(name) == "go.mod" && strings.Contains(content, "require") && !strings.Contains(" "+modules[1]+" tools ", " "+dir+" ") {
			t.Errorf("make vuln leaves out %s", name)
		}
		if !regexp.MustCompile(`[ \[]/` + regexp.QuoteMeta(strings.TrimPrefix(dir, ".")) + `[,\]]`).MatchString(updates) {
			t.Errorf("dependabot.yml leaves out %s", name)
		}
	}
}
