//go:build !linux

package dynamotest

import (
	"os"
	"os/exec"
	"strconv"
)

// startTied starts cmd, and a shell that kills it when this process has ended.
func startTied(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	watch := "while kill -0 " + strconv.Itoa(os.Getpid()) + " 2>/dev/null; do sleep 1; done; kill " + strconv.Itoa(cmd.Process.Pid)
	return exec.Command("sh", "-c", watch).Start()
}
