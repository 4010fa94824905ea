package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// goProse returns the comments of a Go file, and the texts with a space in them
// unless it is a test.
func goProse(t *testing.T, file, content string) (all []prose) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, content, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range parsed.Comments {
		all = append(all, commentProse(set, group))
	}
	if strings.HasSuffix(file, "_test.go") {
		return all
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		text, ok := n.(*ast.BasicLit)
		if ok && text.Kind == token.STRING && strings.Contains(text.Value, " ") {
			var p prose
			p.add(set.Position(text.Pos()).Line, text.Value)
			all = append(all, p)
		}
		_, tag := n.(*ast.ImportSpec)
		return !tag
	})
	return all
}

// commentProse leaves out directives and indented code.
func commentProse(set *token.FileSet, group *ast.CommentGroup) (p prose) {
	for _, comment := range group.List {
		first := set.Position(comment.Pos()).Line
		for i, line := range strings.Split(comment.Text, "\n") {
			text := strings.TrimLeft(line, "/*")
			if text == "" || strings.HasPrefix(text, "\t") || strings.HasPrefix(line, "//go:") {
				text = "."
			}
			p.add(first+i, strings.TrimSpace(text))
		}
	}
	return p
}
