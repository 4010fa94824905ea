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

var pin = regexp.MustCompile(`sha512=([\w+/]{86}==)`)

// TestDynoxide runs tools/dynoxide.sh with a registry that serves another package than
// the one that was pinned, on platforms of every kind. It installs only what has the hash.
func TestDynoxide(t *testing.T) {
	script := files(t, "tools/dynoxide.sh")["tools/dynoxide.sh"]
	pins := pin.FindAllStringSubmatch(script, -1)
	if len(pins) == 0 || len(pins) != strings.Count(script, "package=@") {
		t.Fatalf("%d hashes for %d packages", len(pins), strings.Count(script, "package=@"))
	}
	served := archive(t)
	sum := sha512.Sum512(served)
	expected := pin.ReplaceAllString(script, "sha512="+base64.StdEncoding.EncodeToString(sum[:]))
	for _, platform := range []string{"Linux x86_64", "Linux aarch64", "Darwin x86_64", "Darwin arm64", "MINGW64_NT-10.0 x86_64"} {
		if installed := fetch(t, script, platform, served); installed != old {
			t.Errorf("%s: installed %q, which has another hash", platform, installed)
		}
		known := strings.Contains(script, "\n"+strings.Replace(platform, " ", "-", 1)+")")
		if installed := fetch(t, expected, platform, served); (installed == "program") != known {
			t.Errorf("%s: with the right hash: installed %q; the platform has a line: %v", platform, installed, known)
		}
	}
}

// fetch runs a script with its own commands uname and npm, and returns the server that is
// there afterwards.
func fetch(t *testing.T, script, platform string, served []byte) string {
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
	installed, missing := os.ReadFile(filepath.Join(dir, ".bin", "dynoxide"))
	if missing != nil || (err == nil) != (string(installed) != old) {
		t.Errorf("%s: %v, and .bin has %q, %v\n%s", platform, err, installed, missing, out)
	}
	return string(installed)
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
