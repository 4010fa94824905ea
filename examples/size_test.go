package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBinarySize compares slackwebhook with byhand, which has no leases, no progress and no
// way to reopen a job. Both are stripped arm64 binaries,
// built with the tag that AWS recommends for OS-only runtimes. Without the tag both
// link net/rpc. Its reflection keeps every method of a type that is in an interface,
// and so every operation of the Lambda client.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
func TestBinarySize(t *testing.T) {
	byHand, ours := size(t, "./internal/byhand"), size(t, "./slackwebhook")
	t.Logf("by hand %d bytes, with asyncpatterns %d: %+.1f %%", byHand, ours, 100*float64(ours-byHand)/float64(byHand))
	if 100*ours > 112*byHand {
		t.Error("want at most 12 % more")
	}
}

func size(t *testing.T, pkg string) int64 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", file, pkg)
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
