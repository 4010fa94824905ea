package jobtask_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// plant is a function of 15 minutes behind the stream of its jobs and a schedule of a
// minute. Each invocation is a process of its own, which may be killed.
type plant struct {
	*testing.T
	local      *lambdalocal.Local
	jobs       *memstore.Store[string, string]
	newHandler func(*process) lambda.Handler
	began      time.Time
	writes     atomic.Int64 // of all processes
	reads      atomic.Int64
}

func newPlant(t *testing.T, newHandler func(*process) lambda.Handler, opts ...func(*lambdalocal.MappingOptions)) *plant {
	p := &plant{T: t, newHandler: newHandler}
	p.jobs = memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	p.local = lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	fn, err := p.local.AddFunction("f", p.invoke, func(o *lambdalocal.FunctionOptions) { o.Timeout = 15 * time.Minute })
	if err != nil {
		t.Fatal(err)
	}
	opts = append(opts, func(o *lambdalocal.MappingOptions) {
		o.FilterCriteria, o.ReportBatchItemFailures = []string{`{"eventName":["INSERT"]}`}, true
	})
	if err := errors.Join(fn.MapStream(lambdalocal.Feed(p.jobs.Changes), opts...), fn.Schedule(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return p
}

// create makes n jobs at the given time after a sweep.
func (p *plant) create(n int, since time.Duration) {
	p.Helper()
	time.Sleep(since)
	p.began = time.Now()
	for i := range n {
		if _, err := p.jobs.Create(p.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = fmt.Sprint(i) }); err != nil {
			p.Fatal(err)
		}
		p.writes.Add(1)
	}
}

// finish lets time pass. It returns when each job was complete.
func (p *plant) finish(d time.Duration, n int) (at []time.Duration) {
	p.Helper()
	after(d)
	_ = p.local.Close() // which may drop a schedule's event
	for i := range n {
		j, err := p.jobs.Get(p.Context(), fmt.Sprint(i))
		if err != nil || j.Status != jobstore.Complete {
			p.Fatalf("job %d: %+v, %v", i, j, err)
		}
		at = append(at, j.UpdatedAt.Sub(p.began))
	}
	return at
}

// invoke runs the function's handler until it returns or its process is killed.
func (p *plant) invoke(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
	proc := &process{JobStore: p.jobs, plant: p, killed: make(chan struct{})}
	var out []byte
	var err error
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		out, err = p.newHandler(proc).Invoke(ctx, event)
	}()
	select {
	case <-returned:
		return out, err
	case <-proc.killed:
		return nil, errors.New("signal: killed")
	}
}

// process is the store of one process. Once it is killed, nothing gets through.
type process struct {
	jobstore.JobStore[string, string]
	plant  *plant
	killed chan struct{}
}

// kill ends the process that a handler runs in.
func (p *process) kill(ctx context.Context) {
	close(p.killed)
	<-ctx.Done() // the goroutine
}

// worker is a Worker with all defaults.
func (p *process) worker(h jobstore.Handler[string, string]) lambda.Handler {
	return jobtask.Worker("work", p.plant.local.Client(), p, h, still)
}

func (p *process) Unwrap() jobstore.JobStore[string, string] { return p.JobStore }

func (p *process) Get(ctx context.Context, id string) (*jobstore.Job[string, string], error) {
	p.plant.reads.Add(1)
	return p.JobStore.Get(ctx, id)
}

func (p *process) Claim(ctx context.Context, id string, lease jobstore.Lease) (*jobstore.Job[string, string], error) {
	if err := p.write(); err != nil {
		return nil, err
	}
	return p.JobStore.Claim(ctx, id, lease)
}

func (p *process) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	if err := p.write(); err != nil {
		return err
	}
	return p.JobStore.Report(ctx, c, h)
}

func (p *process) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	if err := p.write(); err != nil {
		return err
	}
	return p.JobStore.Settle(ctx, c, o)
}

func (p *process) write() error {
	select {
	case <-p.killed:
		return errors.New("the process was killed")
	default:
		p.plant.writes.Add(1)
		return nil
	}
}
