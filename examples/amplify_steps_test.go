package examples_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	step  = regexp.MustCompile(`(?ms)^## (\d+)\. [^\n]+\n(.*?)(?:^## |\z)`)
	block = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```")
)

// TestAmplifySteps follows the README of examples/amplify, word for word, in the app of the folder before. The
// result is the app of that folder, with which all other tests are made. Only the clone and
// the deployment are not made.
func TestAmplifySteps(t *testing.T) {
	readme, err := os.ReadFile("amplify/README.md")
	if err != nil {
		t.Fatal(err)
	}
	app, rest, n := original(t), string(readme), 0
	for m := step.FindStringSubmatch(rest); m != nil; m = step.FindStringSubmatch(rest) {
		if n++; m[1] != strconv.Itoa(n) {
			t.Errorf("step %s is number %d", m[1], n)
		}
		blocks := block.FindAllStringSubmatch(m[2], -1)
		if len(blocks) == 0 {
			t.Errorf("step %d has no command and no diff", n)
		}
		for _, b := range blocks {
			follow(t, app, b[1], b[2])
		}
		_, rest, _ = strings.Cut(rest, m[2])
	}
	if n != 5 {
		t.Errorf("%d steps, want 5", n)
	}
	if err := os.Remove(filepath.Join(app, otherFunction)); err != nil {
		t.Errorf("the steps remove what is not theirs: %v", err)
	}
	command(t, filepath.Join(app, "amplify/functions"), "", "go", "list", "-mod=readonly", "-deps", "./...") // go.mod is complete
	if diff := cmp.Diff(files(t, "amplify/amplify"), files(t, filepath.Join(app, "amplify"), "go.mod", "go.sum")); diff != "" {
		t.Errorf("the back end after the steps (-want +got):\n%s", diff)
	}
	want := files(t, "amplify/src")
	for name, got := range files(t, filepath.Join(app, "src")) {
		if diff := cmp.Diff(want[name], got); diff != "" {
			t.Errorf("src/%s after the steps (-want +got):\n%s", name, diff)
		}
	}
}

// TestAmplifyNamesUsersOfTheKey: the check of step 2 names what else uses the API key, and
// nothing once the jobs have other rules.
func TestAmplifyNamesUsersOfTheKey(t *testing.T) {
	readme, err := os.ReadFile("amplify/README.md")
	if err != nil {
		t.Fatal(err)
	}
	check := regexp.MustCompile(`(?m)^awk .*publicApiKey.*$`).FindString(string(readme))
	app := original(t)
	const file = "amplify/data/resource.ts"
	if got, want := command(t, app, check, "bash", "-e"), file+": QueryJob: uses the API key\n"; got != want {
		t.Errorf("of the original it says %q, want %q", got, want)
	}
	const others = `const schema = a.schema({
  Post: a
    .model({ title: a.string(), status: a.enum(['draft', 'public']) })
    .authorization((allow) => [allow.publicApiKey()]),
  Private: a.model({ title: a.string() }).authorization((allow) => [allow.owner()]),
  search: a.query().arguments({ text: a.string() }).returns(a.string())
    .authorization(allow => [allow.publicApiKey()]),
});
`
	if err := os.WriteFile(filepath.Join(app, file), []byte(others), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := command(t, app, check, "bash", "-e"), file+": Post: uses the API key\n"+file+": search: uses the API key\n"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// TestAmplifyReadmeNamesFiles that exist, by their path in the folder or in the repository.
func TestAmplifyReadmeNamesFiles(t *testing.T) {
	readme, err := os.ReadFile("amplify/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`([\\w./-]+\\.(?:ts|go|md|sh))`").FindAllStringSubmatch(string(readme), -1) {
		_, here := os.Stat(filepath.Join("amplify", m[1]))
		if _, there := os.Stat(filepath.Join("..", m[1])); here != nil && there != nil {
			t.Errorf("there is no %s", m[1])
		}
	}
}

// otherFunction is one of the app that stays as it is.
const otherFunction = "amplify/functions/slack-webhook/handler.ts"

// original returns a folder with the app in TypeScript, beside one that looks like a
// clone of this repository.
func original(t *testing.T) (app string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	app = filepath.Join(dir, "app")
	if err := os.CopyFS(app, os.DirFS("amplify/before")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(app, filepath.Dir(otherFunction)), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"amplify/functions/submit-query/handler.ts", "amplify/functions/process-query-job/handler.ts", otherFunction} {
		if err := os.WriteFile(filepath.Join(app, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(root, filepath.Join(dir, "asyncpatterns")); err != nil {
		t.Fatal(err)
	}
	return app
}

// follow runs the commands, or applies the diff.
func follow(t *testing.T, app, language, text string) {
	t.Helper()
	switch language {
	case "diff":
		command(t, app, text, "git", "apply", "-")
	case "sh":
		var lines []string
		for line := range strings.Lines(text) {
			switch {
			case strings.HasPrefix(line, "git clone "), strings.HasPrefix(line, "npx "):
				continue // original has the clone; a deployment needs AWS
			case strings.Contains(line, "go get "):
				line = strings.Replace(line, "go get ", released(t)+" && go get ", 1)
			}
			lines = append(lines, line)
		}
		command(t, app, strings.Join(lines, ""), "bash", "-e")
	default:
		t.Errorf("a block of %s is neither a command nor a diff", language)
	}
}

// released is the command that makes the library of this repository the released one. The Amazon
// packages that the programs import are those of this module, since nothing is downloaded.
func released(t *testing.T) string {
	t.Helper()
	edit := "go mod edit -replace=github.com/asyncpatterns/asyncpatterns=../../../asyncpatterns"
	for line := range strings.Lines(command(t, ".", "", "go", "list", "-m", "github.com/aws/aws-sdk-go-v2/config", "github.com/aws/aws-sdk-go-v2/service/lambda", "github.com/aws/aws-lambda-go")) {
		edit += " -require=" + strings.Replace(strings.TrimSpace(line), " ", "@", 1)
	}
	return edit
}

func command(t *testing.T, dir, stdin, name string, args ...string) (out string) {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, strings.NewReader(stdin), &stderr
	if dir != "." {
		cache := strings.TrimSpace(command(t, ".", "", "go", "env", "GOMODCACHE"))
		cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GONOSUMDB=*", "GOPROXY=file://"+cache+"/cache/download")
	}
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s\n%s", name, args, err, stdout, stderr.String(), stdin)
	}
	return string(stdout)
}

// files returns the content of each file under the folder, except those with the names.
func files(t *testing.T, folder string, except ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(strings.Join(except, " "), entry.Name()) {
			return err
		}
		name, _ := filepath.Rel(folder, path)
		content, err := os.ReadFile(path)
		all[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
