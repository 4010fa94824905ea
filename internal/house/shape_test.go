package house

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	maxFiles     = 40 // Go files in a folder, tests aside
	maxLines     = 350
	maxTestLines = 450
)

func TestShape(t *testing.T) {
	files := map[string]int{}
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		most := maxTestLines
		if !strings.HasSuffix(path, "_test.go") {
			most = maxLines
			files[filepath.Dir(path)]++
		}
		content, err := os.ReadFile(path)
		if lines := bytes.Count(content, []byte("\n")); lines > most {
			t.Errorf("%s has %d lines, want at most %d: find its second concept", path, lines, most)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder, n := range files {
		if n > maxFiles {
			t.Errorf("%s has %d Go files, want at most %d: find the leaf and give it a folder", folder, n, maxFiles)
		}
	}
}

const maxPicture = 200 << 10 // bytes of a picture in docs

// TestNoBinaries: what is in the repository can be read. Only the docs have pictures.
func TestNoBinaries(t *testing.T) {
	for name, content := range files(t, ".") {
		if len(content) > 1<<20 {
			t.Errorf("%s has %d bytes, want at most 1 MB", name, len(content))
		}
		if strings.HasPrefix(name, "docs/") && strings.HasPrefix(content, "\x89PNG") {
			if len(content) > maxPicture {
				t.Errorf("%s has %d bytes, want at most 200 KB", name, len(content))
			}
			continue
		}
		if strings.Contains(content, "\x00") {
			t.Errorf("%s is not text", name)
		}
	}
}
