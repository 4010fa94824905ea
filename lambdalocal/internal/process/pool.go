// Package process runs programs as Lambda's OS-only runtimes do. Each execution
// environment is a process, which asks a Runtime API of its own for invocations.
package process

import (
	"io"
	"sync"
	"time"
)

// Program is what the processes of a pool run.
type Program struct {
	Path   string
	Args   []string
	Dir    string // the default is this process's own
	Env    func(runtimeAPI string) ([]string, error)
	Output io.Writer // takes whole lines, one write at a time
}

// Invocation is one attempt of an invocation.
type Invocation struct {
	RequestID string
	ARN       string
	Trace     string
	Client    []byte // the client context
	Payload   []byte
	Timeout   time.Duration

	// Stream gets the response while the process writes it, and returns when it has
	// read all of it. If Stream is nil, the response is collected, up to a byte over
	// MaxResponse.
	Stream func(contentType string, body io.Reader) error

	// Linger is called when the process has answered, and what it returns when the
	// process has asked for its next invocation or has ended.
	Linger func() (settled func())

	// Tail asks for the log in the answer.
	Tail bool
}

// Answer is how an invocation ended.
type Answer struct {
	Payload []byte
	Log     []byte // with Tail, the end of what the process wrote
}

// MaxResponse is how many bytes a function may return. Lambda's own error message
// names a little more than the 6 MB of its documentation.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MaxResponse = 6<<20 + 100

// Pool holds the execution environments of one function.
type Pool struct {
	program  Program
	lines    lines
	settling sync.WaitGroup

	mu   sync.Mutex
	warm []*environment // without an invocation
}

// NewPool starts nothing.
func NewPool(p Program) *Pool { return &Pool{program: p, lines: lines{to: p.Output}} }

// Run gives the invocation to a warm environment, or to a new one. It returns when
// the process has answered; the environment is warm again when the process asks for
// the next invocation. If a warm environment turns out to have ended, Run uses
// another. With last, the environment ends after the invocation.
//
// The error is a messages.InvokeResponse_Error or a Reported, except if no port could
// be opened.
func (p *Pool) Run(i *Invocation, last bool) (Answer, error) {
	for {
		env, isNew, err := p.take(i)
		if err != nil {
			return Answer{}, err
		}
		deadline := time.Now().Add(i.Timeout)
		result, taken := env.invoke(i, deadline)
		settled := func() {}
		if taken || isNew {
			settled = i.Linger()
		}
		answer := Answer{Payload: result.payload}
		if i.Tail {
			answer.Log = env.output.take()
		}
		p.settling.Go(func() {
			defer settled()
			p.settle(env, deadline, last)
		})
		if taken || isNew {
			return answer, result.err
		}
	}
}

func (p *Pool) take(i *Invocation) (env *environment, isNew bool, err error) {
	if env := p.reuse(); env != nil {
		return env, false, nil
	}
	env, err = p.start(i)
	return env, true, err
}

func (p *Pool) settle(env *environment, deadline time.Time, last bool) {
	if !last && env.asksBefore(deadline) {
		p.put(env)
	} else {
		env.kill()
	}
}

// Crash ends the environment that the next invocation would have used.
func (p *Pool) Crash() {
	if env := p.reuse(); env != nil {
		env.kill()
	}
}

// reuse removes and returns the warm environment that was used last.
func (p *Pool) reuse() *environment {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.warm) > 0 {
		last := len(p.warm) - 1
		env := p.warm[last]
		p.warm = p.warm[:last]
		if !env.dead() {
			return env
		}
		env.kill()
	}
	return nil
}

func (p *Pool) put(env *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warm = append(p.warm, env)
}

// Close ends the environments. No invocation may be running.
func (p *Pool) Close() {
	p.settling.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, env := range p.warm {
		env.kill()
	}
	p.warm = nil
}
