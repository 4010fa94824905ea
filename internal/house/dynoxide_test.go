package house

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// old is a server of an earlier version.
const old = "old"

var pins = map[string]*regexp.Regexp{
	"package": regexp.MustCompile(`sha512=[\w+/]{86}==`),
	"program": regexp.MustCompile(`program=[\w+/]{86}==`),
}

// withHashes is the script with the hashes of these.
func withHashes(script string, archive, program []byte) string {
	script = pins["package"].ReplaceAllString(script, "sha512="+hash(archive))
	return pins["program"].ReplaceAllString(script, "program="+hash(program))
}

func hash(data []byte) string {
	sum := sha512.Sum512(data)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// TestDynoxide runs tools/dynoxide.sh with a registry that serves another package than
// the one that was pinned, on platforms of every kind. It installs only what has the hash.
func TestDynoxide(t *testing.T) {
	script := files(t, "tools/dynoxide.sh")["tools/dynoxide.sh"]
	for of, pin := range pins {
		if n := len(pin.FindAllString(script, -1)); n == 0 || n != strings.Count(script, "package=@") {
			t.Fatalf("%d hashes of a %s for %d packages", n, of, strings.Count(script, "package=@"))
		}
	}
	served := archive(t)
	expected := withHashes(script, served, []byte("program"))
	for _, platform := range []string{"Linux x86_64", "Linux aarch64", "Darwin x86_64", "Darwin arm64", "MINGW64_NT-10.0 x86_64"} {
		if installed, ok := fetch(t, script, platform, served); ok || installed != old {
			t.Errorf("%s: installed %q, which has another hash", platform, installed)
		}
		known := strings.Contains(script, "\n"+strings.Replace(platform, " ", "-", 1)+")")
		if installed, ok := fetch(t, expected, platform, served); ok != known || (installed == "program") != known {
			t.Errorf("%s: with the right hash: installed %q; the platform has a line: %v", platform, installed, known)
		}
		if installed, ok := fetch(t, withHashes(script, served, []byte("another")), platform, served); ok || installed != old {
			t.Errorf("%s: installed %q, which is not the program", platform, installed)
		}
		if installed, ok := fetch(t, withHashes(script, []byte("another"), []byte("program")), platform, served); ok || installed != old {
			t.Errorf("%s: installed %q out of another package", platform, installed)
		}
	}
}

// TestDynoxideOfACache: a program in .bin is used if it has the hash, and replaced otherwise.
func TestDynoxideOfACache(t *testing.T) {
	script, served := files(t, "tools/dynoxide.sh")["tools/dynoxide.sh"], archive(t)
	if installed, ok := fetch(t, withHashes(script, nil, []byte(old)), "Linux x86_64", served); !ok || installed != old {
		t.Errorf("installed %q, although the program was there", installed)
	}
	if installed, ok := fetch(t, withHashes(script, served, []byte("program")), "Linux x86_64", served); !ok || installed != "program" {
		t.Errorf("used %q of the cache", installed)
	}
}

// fetch runs a script with its own commands uname and npm, and returns the server that is
// there afterwards.
func fetch(t *testing.T, script, platform string, served []byte) (installed string, ok bool) {
	t.Helper()
	dir := t.TempDir()
	system, machine, _ := strings.Cut(platform, " ")
	write(t, filepath.Join(dir, "served.tgz"), string(served))
	write(t, filepath.Join(dir, ".bin", "dynoxide"), old)
	write(t, filepath.Join(dir, "tools", "dynoxide.sh"), script)
	write(t, filepath.Join(dir, "path", "uname"), "#!/bin/sh\ncase $1 in -s) echo '"+system+"' ;; -m) echo '"+machine+"' ;; esac\n")
	write(t, filepath.Join(dir, "path", "npm"), "#!/bin/sh\ncp '"+dir+"/served.tgz' package.tgz\n")
	cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(dir, "tools", "dynoxide.sh"))
	cmd.Env = []string{"PATH=" + filepath.Join(dir, "path") + ":/usr/bin:/bin"}
	out, err := cmd.CombinedOutput()
	program, missing := os.ReadFile(filepath.Join(dir, ".bin", "dynoxide"))
	if missing != nil {
		t.Errorf("%s: %v, %v\n%s", platform, err, missing, out)
	}
	return string(program), err == nil
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

// archive is a package with a server, as npm packs it.
func archive(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	const program = "program"
	if err := w.WriteHeader(&tar.Header{Name: "package/dynoxide", Mode: 0o755, Size: int64(len(program))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(program)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
