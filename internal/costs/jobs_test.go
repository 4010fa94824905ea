package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// sweepable has the index of examples/template.yaml.
func sweepable(o *dynamostore.Options) { o.Index = "sweep" }

// TestWorker measures pattern 1 with one function for the stream, the work and the
// schedule.
func TestWorker(t *testing.T) {
	for flow, handler := range map[string]jobstore.Handler[string, string]{
		"worker":              work(0, "42"),
		"worker, ten reports": work(10, "42"),
		"worker, 10 KB":       work(0, strings.Repeat("x", 10<<10-500)),
		"worker, snooze":      elsewhere,
	} {
		t.Run(flow, func(t *testing.T) {
			run(t, func(a *app) {
				store := a.store()
				a.trigger(a.worker(store, handler))
				a.submit(store)
				a.done()
				a.took(flow)
			}, sweepable)
		})
	}
}

// worker adds the function with its schedule.
func (a *app) worker(store jobs, handler jobstore.Handler[string, string]) *lambdalocal.Function {
	a.Helper()
	fn := a.deploy("worker", jobtask.Worker("work", a.local.Client(), store, handler, func(o *jobtask.WorkerOptions) { o.Logger = silent }))
	if err := fn.Schedule(time.Minute); err != nil {
		a.Fatal(err)
	}
	return fn
}

// elsewhere has another service do the work, and looks again after a minute.
func elsewhere(_ context.Context, job *job) (string, error) {
	if job.Uncounted == 0 {
		return "", jobstore.Snooze(waits * time.Second)
	}
	return "42", nil
}

// TestSweep measures one run of the schedule that finds nothing.
func TestSweep(t *testing.T) {
	run(t, func(a *app) {
		a.worker(a.store(), elsewhere)
		time.Sleep(90 * time.Second)
		a.local.Close()
		a.check("sweep", a.sweep)
	}, sweepable)
}

// TestStream measures pattern 1 with the work in the stream's invocation.
func TestStream(t *testing.T) {
	run(t, func(a *app) {
		store := a.store()
		a.trigger(a.deploy("worker", jobstream.New(store, work(0, "42"))))
		a.submit(store)
		a.done()
		a.took("stream")
	})
}

// TestSelfInvoke measures pattern 2: the acknowledgement, and the work.
func TestSelfInvoke(t *testing.T) {
	run(t, func(a *app) {
		task := selfinvoke.NewTask("answer", a.local.Client(), func(ctx context.Context, _ string) error {
			_, err := work(0, "")(ctx, nil)
			return err
		})
		a.acknowledge(selfinvoke.Wrap(lambda.NewHandler(task.Invoke), task))
		time.Sleep(2 * waits * time.Second)
		a.took("self-invoke")
	})
}

// TestSelfInvokeWithAJob measures the same with a job for each delivery.
func TestSelfInvokeWithAJob(t *testing.T) {
	run(t, func(a *app) {
		task := jobtask.New("answer", a.local.Client(), a.store(), work(0, "42"))
		start := func(ctx context.Context, message string) error { return task.Start(ctx, "slack:T1:Ev1", message) }
		a.acknowledge(selfinvoke.Wrap(lambda.NewHandler(start), task))
		a.done()
		a.took("self-invoke with a job")
	})
}
