// Command modzip makes the zip that the module proxy would serve of the files that
// git tracks, and refuses one that has more in it than the source of a library.
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

var version = module.Version{Path: "github.com/asyncpatterns/asyncpatterns", Version: "v0.0.0"}

const (
	maxFile  = 256 << 10 // bytes
	maxTotal = 5 << 20
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: modzip REPOSITORY")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(repo string) error {
	files, err := tracked(repo)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := modzip.Create(&buf, version, files); err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		return err
	}
	total, refused := 0, 0
	for _, file := range z.File {
		name := strings.TrimPrefix(file.Name, version.String()+"/")
		content, err := read(file)
		if err != nil {
			return err
		}
		total += len(content)
		if reason := unfit(name, content); reason != "" {
			refused++
			fmt.Printf("%s %s\n", name, reason)
		}
	}
	fmt.Printf("%d files, %d KB, zipped %d KB\n", len(z.File), total>>10, buf.Len()>>10)
	if refused > 0 || total > maxTotal {
		return fmt.Errorf("the module zip is unfit: %d files refused, %d KB of at most %d KB", refused, total>>10, maxTotal>>10)
	}
	return nil
}

// source is a tracked file.
type source struct{ repo, path string }

func (s source) Path() string                 { return s.path }
func (s source) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(s.repo, s.path)) }
func (s source) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(s.repo, s.path)) }

func tracked(repo string) ([]modzip.File, error) {
	out, err := exec.Command("git", "-C", repo, "ls-files", "-z").Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var files []modzip.File
	for path := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		files = append(files, source{repo, path})
	}
	return files, nil
}

func read(file *zip.File) ([]byte, error) {
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// kinds are the files that the library consists of, by extension or whole name.
var kinds = []string{
	".go", ".md", ".yaml", "go.mod", "go.sum", "LICENSE", "llms.txt",
	".json", ".js", ".mjs", ".ts",
	".sh", ".yml", "Makefile", ".gitignore", ".npmrc", "run", "go.work", "go.work.sum", // how to work on it
}

// unfit says why a file must not ship. A fuzz corpus has names of any kind.
func unfit(name string, content []byte) string {
	elements := strings.Split(name, "/")
	switch base := path.Base(name); {
	case slices.Contains(elements, "node_modules"):
		return "belongs to npm"
	case len(content) > maxFile:
		return fmt.Sprintf("has %d KB, want at most %d", len(content)>>10, maxFile>>10)
	case path.Dir(name) == "docs" && path.Ext(base) == ".png": // the picture in README
		return ""
	case !utf8.Valid(content) || bytes.ContainsRune(content, 0):
		return "is not text"
	case strings.Contains(name, "testdata/"):
		return ""
	case !slices.Contains(kinds, path.Ext(base)) && !slices.Contains(kinds, base):
		return "is of a kind that does not ship"
	}
	return ""
}
