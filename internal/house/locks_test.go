package house

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

type lock struct {
	LockfileVersion int
	Packages        map[string]locked
}

type locked struct {
	Resolved, Integrity string
	Link, InBundle      bool
}

// TestLockFiles: each npm package has its SHA-512 in the lock file, or lies in the archive
// of one that has, or is in this repository. A plain npm install runs no scripts either.
func TestLockFiles(t *testing.T) {
	settings := files(t, "*.npmrc")
	for name, content := range files(t, "*package-lock.json") {
		var l lock
		if err := json.Unmarshal([]byte(content), &l); err != nil || l.LockfileVersion != 3 || len(l.Packages) < 2 {
			t.Errorf("%s: %v, version %d, %d packages", name, err, l.LockfileVersion, len(l.Packages))
		}
		for path := range l.Packages {
			if wrong := l.check(path); wrong != "" {
				t.Errorf("%s: %s %s", name, path, wrong)
			}
		}
		if !strings.Contains("\n"+settings[filepath.Join(filepath.Dir(name), ".npmrc")], "\nignore-scripts=true\n") {
			t.Errorf("%s: the .npmrc beside it does not have ignore-scripts=true", name)
		}
	}
}

// check returns what is wrong with a package, or "".
func (l lock) check(path string) string {
	p := l.Packages[path]
	local := path == "" || p.Link || !strings.Contains(path, "node_modules/")
	switch {
	case p.Resolved != "" && !strings.HasPrefix(p.Resolved, "https://registry.npmjs.org/") && !ours(p.Resolved):
		return "comes from " + p.Resolved
	case local || strings.HasPrefix(p.Integrity, "sha512-") || ours(p.Resolved):
		return ""
	case p.InBundle && path != l.parent(path):
		return l.check(l.parent(path))
	}
	return "has no SHA-512"
}

func ours(resolved string) bool {
	folder, ok := strings.CutPrefix(resolved, "file:")
	return (ok || resolved == "unused") && filepath.IsLocal(strings.TrimPrefix(folder, "./"))
}

// parent is the package whose archive has the one at path.
func (l lock) parent(path string) string {
	if i := strings.LastIndex(path, "/node_modules/"); i >= 0 {
		return path[:i]
	}
	return path
}

func TestEveryPackageIsLocked(t *testing.T) {
	locks := files(t, "*package-lock.json")
	for name, content := range files(t, "*package.json") {
		var p struct{ Dependencies, DevDependencies, OptionalDependencies map[string]string }
		if err := json.Unmarshal([]byte(content), &p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		needs := len(p.Dependencies) + len(p.DevDependencies) + len(p.OptionalDependencies)
		if _, ok := locks[strings.TrimSuffix(name, "package.json")+"package-lock.json"]; needs > 0 && !ok {
			t.Errorf("%s has %d dependencies and no lock file", name, needs)
		}
	}
}
