//go:build !linux

package child

import (
	"os"
	"os/exec"
	"strconv"
)

// start has a shell kill the child once this process has ended.
func start(cmd *exec.Cmd) (<-chan error, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	parent, pid := strconv.Itoa(os.Getpid()), strconv.Itoa(cmd.Process.Pid)
	watch := exec.Command("sh", "-c", "while kill -0 "+parent+" && kill -0 "+pid+"; do sleep 1; done 2>/dev/null; kill "+pid+" 2>/dev/null")
	if err := watch.Start(); err != nil {
		kill(cmd)
		return nil, err
	}
	exited := make(chan error, 1)
	go func() {
		exited <- cmd.Wait()
		_ = watch.Wait()
	}()
	return exited, nil
}

func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
