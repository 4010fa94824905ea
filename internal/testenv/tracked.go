package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Tracked returns the files of the repository with a name of the pattern, as paths from
// its root. At least one must exist.
func Tracked(tb testing.TB, root, pattern string) (files []string) {
	tb.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", pattern)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("git ls-files: %v", err)
	}
	for file := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(root, file)); err == nil && file != "" { // not one that was just deleted
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		tb.Fatalf("git ls-files knows no %s", pattern)
	}
	return files
}
