package lambdalocal_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestChaosEndToEnd runs the chaos suite of the job lifecycle with a function as
// users deploy it: stream → dispatcher → self-invoke → job. Lambda's
// faults are added to the suite's.
func TestChaosEndToEnd(t *testing.T) {
	var jobs *memstore.Store[string, string]
	jobstoretest.Chaos(t, func(_ *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
		jobs = memstore.New[string, string](func(o *memstore.Options) {
			o.Stream, o.Now, o.OnLeaseExpiry = true, c.Now, c.OnLeaseExpiry
		})
		return jobs
	}, func(o *jobstoretest.ChaosOptions) {
		o.Jobs, o.Seed = testenv.ChaosJobs(t), rand.Uint64()
		o.Deploy = func(t *testing.T, work func(context.Context, string) error) func(string) {
			return deploy(t, *o, jobs, work)
		}
	})
}

func deploy(t *testing.T, c jobstoretest.ChaosOptions, jobs *memstore.Store[string, string], work func(context.Context, string) error) (start func(id string)) {
	local := lambdalocal.New(func(o *lambdalocal.Options) {
		o.Logger = slog.New(slog.DiscardHandler)
		o.Faults = lambdalocal.Faults{
			Seed: c.Seed, Key: withoutID,
			Duplicate: 0.05, CrashBefore: 0.05, CrashAfter: 0.05, Timeout: 0.02, Throttle: 0.05, LostResponse: 0.05,
		}
	})
	t.Cleanup(func() { local.Close() })
	task := selfinvoke.NewTask("work", local.Client(), work, func(o *selfinvoke.Options) {
		o.Function, o.Logger = "worker", slog.New(slog.DiscardHandler)
	})
	type job struct{ ID string }
	dispatch := streamproc.New(func(ctx context.Context, r streamproc.Record[job]) error { return task.Invoke(ctx, r.New.ID) },
		func(o *streamproc.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	worker := add(t, local, "worker", selfinvoke.Wrap(dispatch, task), func(o *lambdalocal.FunctionOptions) {
		o.Timeout, o.DeadLetter = 2*time.Minute, func(lambdalocal.DeadLetter) {}
	})
	err := worker.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) {
		o.ParallelizationFactor, o.BisectBatchOnFunctionError, o.ReportBatchItemFailures = 10, true, true
	})
	if err != nil {
		t.Fatal(err)
	}
	swept := 0
	t.Cleanup(func() {
		if t.Logf("%d were started by a sweep", swept); swept > c.Jobs/2 {
			t.Error("the stream did not start most jobs")
		}
	})
	return func(id string) {
		swept++ // one sweep at a time
		if err := task.Invoke(t.Context(), id); err != nil {
			t.Logf("start %s: %v", id, err) // the next sweep finds it again
		}
	}
}

// withoutID makes an envelope the same in the next run.
func withoutID(event []byte) string {
	var e struct{ Payload json.RawMessage }
	if json.Unmarshal(event, &e) == nil && e.Payload != nil {
		return string(e.Payload)
	}
	return string(event)
}
