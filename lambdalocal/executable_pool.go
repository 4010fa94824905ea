package lambdalocal

import (
	"sync"
	"time"
)

// pool holds the execution environments of one function.
type pool struct {
	fn         *Function
	executable Executable
	lines      lines

	mu   sync.Mutex
	warm []*environment // wait for an invocation
}

func newPool(fn *Function, e Executable) *pool {
	return &pool{fn: fn, executable: e, lines: lines{to: e.output()}}
}

// run gives the invocation to a warm environment, or to a new one. The answer
// ends the invocation; the environment is warm again once it asks for the next.
// A warm one may turn out to have ended since; then there is another.
func (p *pool) run(i *invocation, last bool) outcome {
	for {
		env, isNew, err := p.take(i)
		if err != nil {
			return outcome{err: i.failure(invokeError(err))}
		}
		deadline := time.Now().Add(p.fn.options.Timeout)
		result, taken := env.invoke(i, deadline)
		p.fn.local.work.Go(func() { p.settle(env, deadline, last) })
		if taken || isNew {
			return result
		}
	}
}

func (p *pool) take(i *invocation) (env *environment, isNew bool, err error) {
	if env := p.reuse(); env != nil {
		return env, false, nil
	}
	env, err = startEnvironment(p, i)
	return env, true, err
}

func (p *pool) settle(env *environment, deadline time.Time, last bool) {
	if !last && env.asksBefore(deadline) {
		p.put(env)
	} else {
		env.kill()
	}
}

func (p *pool) crash() {
	if env := p.reuse(); env != nil {
		env.kill()
	}
}

// reuse returns the environment that was used last, as long as it is alive.
func (p *pool) reuse() *environment {
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

func (p *pool) put(env *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.warm = append(p.warm, env)
}

// close ends the warm environments. No invocation is under way by then.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, env := range p.warm {
		env.kill()
	}
	p.warm = nil
}
