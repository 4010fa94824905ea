package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGuides compiles the programs of the guides in a module of their own, as a reader
// does, and runs their tests in one binary.
func TestGuides(t *testing.T) {
	t.Parallel()
	all, index := guides(t)
	m := app{t, t.TempDir()}
	m.require()
	imports, calls := "", ""
	for _, g := range all {
		for name, b := range index.files {
			if name != "local_test.go" || g.name == "chatbot" {
				m.addGo(g.name, name, b)
			}
		}
		for name, b := range g.files {
			m.addGo(g.name, name, b)
		}
		imports += fmt.Sprintf("import %q\n", "app/"+g.name)
		for _, test := range found(testFunc, g.files["main_test.go"].text) {
			calls += fmt.Sprintf("func %s_%s(t *testing.T) { %s.%s(t) }\n", test, g.name, g.name, test)
		}
	}
	m.add("slack/post_tests.go", read(t, "internal/docs/testdata/post.go"))
	calls += "func TestPost(t *testing.T) { slack.TestPost(t) }\n"
	m.add("app_test.go", "package app_test\n\nimport \"testing\"\n"+imports+calls)
	// Without optimizing and symbols, which takes twice as long.
	cmd := exec.Command("go", "test", "-vet=off", "-gcflags=app/...=-N -l", "-ldflags=-s -w", ".")
	cmd.Dir = m.dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// app is the module of the guides' programs.
type app struct {
	*testing.T
	dir string
}

// require gives the app what the examples require, and the client of S3.
func (m app) require() {
	library, err := filepath.Abs(root)
	if err != nil {
		m.Fatal(err)
	}
	mod := strings.NewReplacer("module github.com/asyncpatterns/asyncpatterns/examples\n", "module app\n", "=> ../\n", "=> "+library+"\n")
	m.add("go.mod", mod.Replace(read(m.T, "examples/go.mod"))+read(m.T, "internal/docs/testdata/s3.mod"))
	m.add("go.sum", read(m.T, "examples/go.sum")+read(m.T, "internal/docs/testdata/s3.sum"))
}

func (m app) add(name, content string) {
	m.Helper()
	file := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		m.Fatal(err)
	}
}

// addGo adds a Go file to the package of its guide. A file of tests gets another name, so
// that the test of the app can call them. What stands before the package clause, such as a
// build constraint, is left out.
func (m app) addGo(guide, name string, b block) {
	m.Helper()
	if !strings.HasSuffix(name, ".go") {
		return
	}
	tag, text, ok := strings.Cut(b.text, "package main\n")
	if !ok {
		m.Fatalf("%s:%d is not package main", b.file, b.line)
	}
	m.add(filepath.Join(guide, strings.Replace(name, "_test.go", "_tests.go", 1)), "package "+guide+"\n"+b.at(m.T, 1+strings.Count(tag, "\n"))+text)
}
