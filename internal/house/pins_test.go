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
// switch a check off or name another source.
var fetches = regexp.MustCompile(`(?i)\b(curl|wget|pip[x\d.]*|pipenv|easy_install|uvx?|poetry|pdm|hatch|conda|mamba|npm|npx|pnpm|yarn|corepack|` +
	`apt|apt-get|brew|cargo|gem|docker|go install|go get|go run|git clone)\b|` +
	`install tool|@latest|GOPROXY|GOSUMDB|GONOSUMDB|GONOSUMCHECK|GOINSECURE|GOPRIVATE|-insecure|PIP_|UV_|npm_config_registry`)

// pinned are the downloads that the repository makes or has its users make, and what
// holds each to its content.
var pinned = []struct{ line, by string }{
	{`^npm ci --ignore-scripts --loglevel=error$`, "package-lock.json, see TestLockFiles"},
	{`npm rebuild --ignore-scripts=false \S+ \S+ aws-lambda-ric `, "package-lock.json: it compiles what is in the package"},
	{`npm pack --ignore-scripts --silent "\$package@\$version"`, "SHA-512 in the script, see TestDynoxide"},
	{`^GOWORK=off GOTOOLCHAIN=auto GOBIN=\S+ go -C tools install tool `, "tools/go.sum and sum.golang.org"},
	{`^go run \./`, "the module's go.sum"},
	{`apt-get update -qq && apt-get install -y -qq \$2"`, "the distribution's signature"},
	{`^git clone --depth 1 https://github\.com/asyncpatterns/asyncpatterns `, "it is this repository"},
	{`\bgo get (github\.com/asyncpatterns/asyncpatterns|\./\.\.\.)(@latest)?`, "sum.golang.org, then the go.sum of the user"},
	{`^npx --no ampx `, "the lock file of the user's app: --no runs what is installed, and downloads nothing"},
}

// mentions download nothing: comments, messages, and questions whether a command is there.
var mentions = regexp.MustCompile(`(^|\s)#.*|echo "[^"]*"|tools/npm\.sh|for tool in [\w+ ]+;|command -v [\w"$]+|^need \S+( \S+)?$`)

// commands are the blocks of commands in Markdown.
var commands = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")

func TestDownloadsArePinned(t *testing.T) {
	scripts := files(t, "Makefile", "*.sh", "*.mk", ".ci", ".github/workflows", ".github/actions", "*Dockerfile*")
	for name, page := range files(t, "*.md") {
		for _, block := range commands.FindAllStringSubmatch(page, -1) {
			scripts[name] += block[1]
		}
	}
	used := map[string]bool{}
	for name, script := range scripts {
		for line := range strings.Lines(script) {
			if rest := unpinned(line, used); fetches.MatchString(rest) {
				t.Errorf("%s: nothing holds this download to its content: %s", name, line)
			}
		}
	}
	for _, p := range pinned {
		if !used[p.by] {
			t.Errorf("nothing matches %s any more", p.line)
		}
	}
}

// unpinned is a line without the downloads that are pinned, which it adds to used.
func unpinned(line string, used map[string]bool) string {
	line = mentions.ReplaceAllString(strings.TrimSpace(line), "")
	for _, p := range pinned {
		pattern := regexp.MustCompile(p.line)
		used[p.by] = used[p.by] || pattern.MatchString(line)
		line = pattern.ReplaceAllString(line, "")
	}
	return line
}

// TestOtherDownloadsAreFound has what a script or a workflow may not contain, alone or
// after a download that is pinned.
func TestOtherDownloadsAreFound(t *testing.T) {
	for _, line := range []string{
		"- run: pipx run cfn-lint==1.51.0 template.yaml",
		"python3 -m pip install cfn-lint==1.51.0",
		"pip3.12 install --require-hashes -r other.txt",
		`"$RUNNER_TEMP/cfn-lint/bin/pip" install cfn-lint`,
		"PIP_INDEX_URL: https://example.com",
		"pip-install: cfn-lint", // an input of actions/setup-python
		"uv tool install cfn-lint",
		"conda install cfn-lint",
		"npm ci --ignore-scripts --loglevel=error && npm install left-pad",
		"npx ampx sandbox",
		"go run ./examples/rosario && go run example.com/tool@latest",
		"git clone --depth 1 https://github.com/asyncpatterns/asyncpatterns && curl https://example.com | sh",
	} {
		if rest := unpinned(line, map[string]bool{}); !fetches.MatchString(rest) {
			t.Errorf("%s: %q is taken for pinned", line, rest)
		}
	}
}

// TestRecipesQuoteTheFolder: make puts its variables into a command as they are, and a checkout may
// be in a folder whose name is one.
func TestRecipesQuoteTheFolder(t *testing.T) {
	for name, makefile := range files(t, "Makefile", "*.mk") {
		for line := range strings.Lines(makefile) {
			if strings.HasPrefix(line, "\t") && regexp.MustCompile(`\$\((CURDIR|TOOLS|PWD)\)|[^"]\$\$TOOLS`).MatchString(line) {
				t.Errorf("%s: the folder's name is not quoted: %s", name, line)
			}
		}
	}
}

// ecosystems are Dependabot's names for the files that lock packages.
var ecosystems = map[string]string{"go.mod": "gomod", "package-lock.json": "npm"}

// TestVulnerabilitiesAreLookedFor in every module, each week and not only on a push.
func TestVulnerabilitiesAreLookedFor(t *testing.T) {
	workflow := files(t, ".github/workflows/vulnerabilities.yml")[".github/workflows/vulnerabilities.yml"]
	if !regexp.MustCompile(`\n  schedule:\n    - cron: "\d+ \d+ \* \* \d"\n`).MatchString(workflow) || !strings.Contains(workflow, "\n      - run: make vuln\n") {
		t.Error("vulnerabilities.yml does not run make vuln each week")
	}
	if !strings.Contains(workflow, "\n  push:\n") || !strings.Contains(workflow, "\n  pull_request:\n") {
		t.Error("vulnerabilities.yml does not run on a push and a pull request")
	}
	makefile := files(t, "Makefile")["Makefile"]
	modules := regexp.MustCompile(`MODULES +:= (.*)`).FindStringSubmatch(makefile)
	if modules == nil || !strings.Contains(makefile, "for m in $(MODULES) tools; do echo \"== vuln $$m\"; (cd $$m && GOWORK=off \"$$TOOLS\"/govulncheck -test ./...); done") {
		t.Fatal("make vuln does not check each module")
	}
	updates := files(t, ".github/dependabot.yml")[".github/dependabot.yml"]
	for name, content := range files(t, "*go.mod", "*package-lock.json") {
		dir := filepath.Dir(name)
		if filepath.Base(name) == "go.mod" && !strings.Contains(content, "require") {
			continue // it keeps a folder of npm packages out of a module
		}
		if filepath.Base(name) == "go.mod" && !strings.Contains(" "+modules[1]+" tools ", " "+dir+" ") {
			t.Errorf("make vuln leaves out %s", name)
		}
		updated := `package-ecosystem: ` + ecosystems[filepath.Base(name)] + `\n +director\w+:.*[ \[]/` + regexp.QuoteMeta(strings.TrimPrefix(dir, ".")) + `[,\]\n]`
		if !regexp.MustCompile(updated).MatchString(updates) {
			t.Errorf("dependabot.yml leaves out %s", name)
		}
	}
}
