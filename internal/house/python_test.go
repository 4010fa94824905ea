package house

import (
	"regexp"
	"strings"
	"testing"
)

// wheel is a package in a version, with the hash of at least one file.
var wheel = regexp.MustCompile(`^([a-z0-9-]+)==[0-9][\w.]*( +--hash=sha256:[0-9a-f]{64})+$`)

// TestPythonPackages: each package has its SHA-256. No other file lists Python packages,
// and pip, which looks for no dependencies, is given one list only.
func TestPythonPackages(t *testing.T) {
	for name, content := range files(t, "*requirement*", "*constraints*.txt", "*pyproject.toml", "*setup.py", "*setup.cfg", "*Pipfile*", "*poetry.lock", "*environment.yml") {
		if name != "tools/requirements.txt" {
			t.Errorf("%s: nothing holds its packages to their content", name)
			continue
		}
		if wrong := unlocked(content); len(wrong) > 0 {
			t.Errorf("%s: want name==version --hash=sha256:…, once for each name: %q", name, wrong)
		}
		if !strings.Contains(content, "\ncfn-lint==") {
			t.Errorf("%s: cfn-lint is not in it", name)
		}
	}
}

// unlocked returns the lines without a version or a hash, and those of a package that is
// there already.
func unlocked(requirements string) (wrong []string) {
	seen := map[string]bool{}
	for line := range strings.Lines(strings.ReplaceAll(requirements, "\\\n", " ")) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if line == "" {
			continue
		}
		m := wheel.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || seen[m[1]] {
			wrong = append(wrong, line)
			continue
		}
		seen[m[1]] = true
	}
	return wrong
}

func TestUnlockedPackagesAreFound(t *testing.T) {
	hash := "--hash=sha256:" + strings.Repeat("0a", 32)
	for _, line := range []string{
		"six", "six==1.17.0", "six>=1.17.0 " + hash, "six==1.* " + hash, "six==1.17.0 --hash=md5:" + strings.Repeat("0a", 16),
		"six==1.17.0 --hash=sha256:0a", "six @ https://example.com/six.whl " + hash, "https://example.com/six.whl", "-r other.txt", "-e .",
		"--extra-index-url https://example.com", "--trusted-host example.com", "six[extra]==1.17.0 " + hash, "six==1.17.0 " + hash + " --no-require-hashes",
		"six==1.17.0 " + hash + "\nsix==1.16.0 " + hash,
	} {
		if len(unlocked("attrs==26.1.0 "+hash+"\n"+line+"\n")) != 1 {
			t.Errorf("%q is taken for locked", line)
		}
	}
	for _, line := range []string{"six==1.17.0 \\\n    " + hash + " \\\n    " + hash + "\n    # via python-dateutil", "six==1.17.0 " + hash + " # used by boto3", "", "# nothing"} {
		if wrong := unlocked(line + "\n"); len(wrong) != 0 {
			t.Errorf("%q: %q", line, wrong)
		}
	}
}
