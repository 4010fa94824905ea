package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/queryjob"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// deadly is the question whose first worker is killed.
const deadly = "Who was here before you?"

// mortal is the store as one worker process sees it. After the process was killed,
// nothing gets through.
type mortal struct {
	queryjob.Jobs
	pace   time.Duration
	killed chan struct{}
	once   sync.Once
}

// processes returns a handler whose every invocation is a process of its own.
func processes(jobs queryjob.Jobs, pace time.Duration, newHandler func(queryjob.Jobs) lambda.Handler) func(context.Context, json.RawMessage) (json.RawMessage, error) {
	return func(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
		process := &mortal{Jobs: jobs, pace: pace, killed: make(chan struct{})}
		type result struct {
			out []byte
			err error
		}
		returned := make(chan result, 1)
		go func() {
			out, err := newHandler(process).Invoke(ctx, event)
			returned <- result{out, err}
		}()
		select {
		case r := <-returned:
			return r.out, r.err
		case <-process.killed:
			return nil, errors.New("Runtime.ExitError: signal: killed")
		}
	}
}

// Unwrap keeps what else the store can do.
func (m *mortal) Unwrap() jobstore.JobStore[string, string] { return m.Jobs }

// Claim has the process killed soon after the first claim of the deadly question.
func (m *mortal) Claim(ctx context.Context, id string, l jobstore.Lease) (*job, error) {
	j, err := m.Jobs.Claim(ctx, id, l)
	if err == nil && j.Attempt == 1 && strings.Contains(j.Input, deadly) {
		time.AfterFunc(m.pace, func() { m.once.Do(func() { close(m.killed) }) })
	}
	return j, err
}

// Report implements jobstore.JobStore.
func (m *mortal) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if err := m.dead(ctx); err != nil {
		return err
	}
	return m.Jobs.Report(ctx, c, h)
}

// Settle implements jobstore.JobStore.
func (m *mortal) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	if err := m.dead(ctx); err != nil {
		return err
	}
	return m.Jobs.Settle(ctx, c, o)
}

// dead returns an error if the process was killed.
func (m *mortal) dead(ctx context.Context) error {
	select {
	case <-m.killed:
		<-ctx.Done() // a dead process does not hear its own failures either
		return ctx.Err()
	default:
		return nil
	}
}
