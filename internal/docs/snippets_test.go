package docs

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSnippets compiles every Go block of the Markdown files, and both sides of each diff
// of Go, in the module of the examples. TestGuides has those of the guides' programs, and
// TestQuotes those that are parts of files.
//
//   - A block with a package clause is a program and compiles as it stands.
//   - Any other is a fragment: declarations, or the body of a function. It may use the
//     imports and the names of testdata/fragment.go.
func TestSnippets(t *testing.T) {
	t.Parallel()
	blocks := append(fenced(t, "go"), goDiffs(t)...)
	module, err := filepath.Abs(filepath.Join(root, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	work, files, packages := t.TempDir(), map[string]string{}, []string{}
	add := func(name, content string) {
		real := filepath.Join(work, strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(real, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		files[filepath.Join(module, name)] = real
	}
	for i, b := range blocks {
		if b.name() != "" || b.quoted() != "" {
			continue // TestGuides, TestQuotes
		}
		name := fmt.Sprintf("internal/snippet%d", i)
		packages = append(packages, "./"+name)
		source, prelude, err := b.compilable(t)
		if err != nil {
			t.Errorf("%s:%d: %v", b.file, b.line, err)
			continue
		}
		add(name+"/snippet.go", source)
		if prelude != "" {
			add(name+"/prelude.go", prelude)
		}
	}
	if t.Failed() {
		return
	}
	overlay, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		t.Fatal(err)
	}
	add("overlay.json", string(overlay))
	cmd := exec.Command("go", append([]string{"build", "-overlay", filepath.Join(work, "overlay.json")}, packages...)...)
	cmd.Dir = module
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go build: %v\n%s", err, out)
	}
}

// compilable returns a Go file with the block's code and, for a fragment, a second
// with what it may use.
func (b block) compilable(t *testing.T) (source, prelude string, err error) {
	at := b.at(t, 0)
	if _, err := parser.ParseFile(token.NewFileSet(), "", b.text, parser.PackageClauseOnly); err == nil {
		return at + b.text, "", nil
	}
	content, err := os.ReadFile(filepath.Join("testdata", "fragment.go"))
	if err != nil {
		return "", "", err
	}
	prelude = string(content)
	source, err = fragment(b.text, at, prelude)
	return source, prelude, err
}

// at has the compiler name the page, and the block's line after the given number.
func (b block) at(t *testing.T, after int) string {
	t.Helper()
	page, err := filepath.Abs(filepath.Join(root, b.file))
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("//line %s:%d\n", page, b.line+after)
}

// fragment makes a file of declarations or statements, with the imports of prelude
// that they use. Variables that the statements declare count as used.
func fragment(text, at, prelude string) (string, error) {
	set := token.NewFileSet()
	before, after := "", ""
	parsed, err := parser.ParseFile(set, "", "package fragment\n"+text, 0)
	if err != nil {
		before, after = "func _() {\n", "}\n"
		parsed, err = parser.ParseFile(set, "", "package fragment\nfunc _() {\n"+text+"\n}", 0)
		if err != nil {
			return "", err
		}
		for _, name := range declared(parsed.Decls[0].(*ast.FuncDecl).Body) {
			after = "_ = " + name + "\n" + after
		}
	}
	imports, err := parser.ParseFile(set, "", prelude, parser.ImportsOnly)
	if err != nil {
		return "", err
	}
	file := "package " + imports.Name.Name + "\n"
	for _, spec := range imports.Imports {
		if slices.ContainsFunc(parsed.Unresolved, func(id *ast.Ident) bool { return id.Name == importName(spec) }) {
			file += "import " + importName(spec) + " " + spec.Path.Value + "\n"
		}
	}
	return file + before + at + text + after, nil
}

// importName is the name a package is imported by; its path may end in a version.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	elements := strings.Split(strings.Trim(spec.Path.Value, `"`), "/")
	return elements[len(elements)-1]
}

// declared are the variables that the statements of body declare themselves.
func declared(body *ast.BlockStmt) (names []string) {
	for _, statement := range body.List {
		assign, ok := statement.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			continue
		}
		for _, left := range assign.Lhs {
			if id := left.(*ast.Ident); id.Name != "_" && !slices.Contains(names, id.Name) {
				names = append(names, id.Name)
			}
		}
	}
	return names
}
