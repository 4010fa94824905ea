// Package docs holds the repository's prose to its rules: the words of comments and
// Markdown, the Go code and the commands in Markdown, its links, and the names that it uses.
package docs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
)

const root = "../.."

func tracked(t *testing.T, pattern string) []string {
	t.Helper()
	return testenv.Tracked(t, root, pattern)
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
