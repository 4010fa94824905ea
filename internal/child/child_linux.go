package child

import (
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"
)

// start has the kernel kill the child when its parent ends. The signal follows
// the thread that started it, which is therefore kept as long as the child lives.
func start(cmd *exec.Cmd) (<-chan error, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started, exited := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			if awaitExit(cmd.Process.Pid) {
				kill(cmd) // what it has left behind
			}
			exited <- cmd.Wait()
		}
	}()
	return exited, <-started
}

// awaitExit leaves the child a zombie, so that no other process can have its group
// yet. It reports false when it could not wait.
func awaitExit(pid int) bool {
	const byPID = 1 // P_PID
	for {
		var info [128]byte // siginfo_t
		_, _, err := syscall.Syscall6(syscall.SYS_WAITID, byPID, uintptr(pid), uintptr(unsafe.Pointer(&info)), syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		if err != syscall.EINTR {
			return err == 0
		}
	}
}

func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
