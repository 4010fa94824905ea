package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/asyncpatterns/asyncpatterns/internal/child"
)

// initTime is how long a process has before it asks for its first invocation.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
const initTime = 10 * time.Second

// environment is an execution environment: one process and its Runtime API, with one
// invocation at a time.
type environment struct {
	cmd    *exec.Cmd
	api    *runtimeAPI
	output *output
	exited chan struct{} // closed when the process has ended, for the reason err
	err    error
}

// start starts a process and waits for its init phase to end, when the process asks
// for its first invocation.
func (p *Pool) start(i *Invocation) (*environment, error) {
	api, err := startRuntimeAPI()
	if err != nil {
		return nil, err
	}
	env := &environment{api: api, exited: make(chan struct{})}
	if err := env.start(p); err != nil {
		api.close()
		return nil, messages.InvokeResponse_Error{Type: "Runtime.InvalidEntrypoint", Message: err.Error()}
	}
	if err := env.init(i); err != nil {
		env.kill()
		return nil, err
	}
	return env, nil
}

func (env *environment) start(p *Pool) (err error) {
	env.cmd = exec.Command(p.program.Path, p.program.Args...)
	env.cmd.Dir = p.program.Dir
	if env.cmd.Env, err = p.program.Env(env.api.addr); err != nil {
		return err
	}
	out, file, err := newOutput(&p.lines)
	if err != nil {
		return err
	}
	env.cmd.Stdout, env.cmd.Stderr, env.output = file, file, out
	exited, err := child.Start(env.cmd)
	file.Close() // the process has its own
	go out.read()
	if err != nil {
		out.finish()
		return err
	}
	go func() {
		env.err = <-exited
		out.finish()
		close(env.exited)
	}()
	return nil
}

func (env *environment) init(i *Invocation) error {
	timer := time.NewTimer(initTime)
	defer timer.Stop()
	select {
	case <-env.api.asks:
		return nil
	case e := <-env.api.initError:
		return e
	case <-env.exited:
		return env.initEnded(i)
	case <-timer.C:
		return messages.InvokeResponse_Error{Type: "Sandbox.Timedout", Message: fmt.Sprintf("RequestId: %s Error: the init phase timed out after %v", i.RequestID, initTime)}
	}
}

// initEnded is the error of a process that exited. The process may have reported it.
func (env *environment) initEnded(i *Invocation) error {
	select {
	case e := <-env.api.initError:
		return e
	default:
		return Exited(i.RequestID, env.err)
	}
}

// invoke gives i to the process, and waits for its answer, its end or the deadline.
// It reports false if the process ended before it took i.
func (env *environment) invoke(i *Invocation, deadline time.Time) (result answer, taken bool) {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	d := &delivery{Invocation: i, deadline: deadline, answer: make(chan answer, 1)}
	env.api.work <- d
	select {
	case result := <-d.answer:
		return result, true
	case <-env.exited:
	case <-timer.C:
		return answer{err: TimedOut(i.RequestID, i.Timeout)}, true
	}
	select {
	case result := <-d.answer: // it answered, and exited
		return result, true
	case <-env.api.work:
		return answer{err: Exited(i.RequestID, env.err)}, false
	default:
		return answer{err: Exited(i.RequestID, env.err)}, true
	}
}

// asksBefore waits until the process asks for its next invocation. It reports false if
// the process ends, or does not ask in time. The deadline is checked first, since a
// process may have asked twice.
func (env *environment) asksBefore(deadline time.Time) bool {
	if !time.Now().Before(deadline) {
		return false
	}
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-env.api.asks:
		return true
	case <-env.exited:
	case <-timer.C:
	}
	return false
}

// dead is true once the process has ended, even while its output is still read.
func (env *environment) dead() bool {
	return errors.Is(env.cmd.Process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// kill ends the process, if it has not ended yet, and waits until it has.
func (env *environment) kill() {
	if !env.dead() {
		child.Kill(env.cmd)
	}
	<-env.exited
	env.api.close()
}
