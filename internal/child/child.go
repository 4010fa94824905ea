// Package child runs processes that do not outlive this one.
package child

import "os/exec"

// Start starts cmd so that it is killed when this process ends, however that
// happens. The channel gets what cmd.Wait returns. On Linux what the process
// started itself is killed when it has ended, unless it has left its group.
func Start(cmd *exec.Cmd) (exited <-chan error, err error) { return start(cmd) }

// Kill kills the process that Start started and, where the system has process
// groups, what that process started itself.
func Kill(cmd *exec.Cmd) { kill(cmd) }
