//go:build awscli

package lambdalocal_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAWSCommandLine invokes with AWS's own command line. 'make test' runs it if
// that is installed, and always with CI=true.
func TestAWSCommandLine(t *testing.T) {
	tool, err := exec.LookPath("aws")
	if err != nil {
		t.Fatal(err)
	}
	local, _ := newLocal(t)
	ran := make(chan string, 1)
	add(t, local, "f", func(v struct{ Name string }) (string, error) {
		ran <- v.Name
		return "hello " + v.Name, nil
	})
	_, url := dial(t, local)
	event, answer := filepath.Join(t.TempDir(), "event.json"), filepath.Join(t.TempDir(), "out.json")
	if err := os.WriteFile(event, []byte(`{"name":"Ada"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (out struct {
		StatusCode      int
		ExecutedVersion string
		FunctionError   string
		LogResult       []byte
	},
	) {
		cmd := exec.CommandContext(t.Context(), tool, append([]string{
			"lambda", "invoke", "--endpoint-url", url, "--region", "us-east-1", "--function-name", "f", "--payload", "fileb://" + event, answer,
		}, args...)...)
		cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_PAGER=")
		text, err := cmd.CombinedOutput()
		if err != nil || json.Unmarshal(text, &out) != nil {
			t.Errorf("aws lambda invoke %q: %v\n%s", args, err, text)
		}
		return out
	}
	if out := run("--qualifier", "live"); out.StatusCode != 200 || out.ExecutedVersion != "live" || <-ran != "Ada" {
		t.Errorf("got %+v", out)
	}
	if got, err := os.ReadFile(answer); err != nil || string(got) != `"hello Ada"` {
		t.Errorf("the answer is %s, %v", got, err)
	}
	if out := run("--log-type", "Tail"); !strings.HasPrefix(string(out.LogResult), "START RequestId: ") || <-ran != "Ada" {
		t.Errorf("got the log %s", out.LogResult)
	}
	if out := run("--invocation-type", "Event"); out.StatusCode != 202 || <-ran != "Ada" {
		t.Errorf("got %+v", out)
	}
}
