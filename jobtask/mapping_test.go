package jobtask_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestWorkerLosesNothingByAPlainMapping of batch size 1 with two retries, which ignores
// the response, and which discards every record of an outage of five minutes. The sweep
// starts those jobs.
func TestWorkerLosesNothingByAPlainMapping(t *testing.T) {
	for name, c := range map[string]struct {
		apart bool
		kind  lambdalocal.ScheduleKind
	}{
		"one function, a rule":       {false, lambdalocal.EventBridgeRule},
		"two functions, a scheduler": {true, lambdalocal.EventBridgeScheduler},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { plainMapping(t, c.apart, c.kind) })
		})
	}
}

func plainMapping(t *testing.T, apart bool, kind lambdalocal.ScheduleKind) {
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	defer local.Close()
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	client := &outage{Client: local.Client(), until: time.Now().Add(5 * time.Minute)}
	worker := func(function string) any {
		return jobtask.Worker("work", client, jobs, troubled, still, func(o *jobtask.WorkerOptions) {
			o.Task = func(o *selfinvoke.Options) { o.Function = function }
		})
	}
	triggers, err := local.AddFunction("work", worker(""), func(o *lambdalocal.FunctionOptions) { o.Timeout = 5 * time.Minute })
	if apart && err == nil {
		triggers, err = local.AddFunction("triggers", worker("work"), func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := triggers.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) {
		o.BatchSize, o.MaximumRetryAttempts = 1, 2
	}); err != nil {
		t.Fatal(err)
	}
	if err := triggers.Schedule(time.Minute, func(o *lambdalocal.ScheduleOptions) { o.Kind = kind }); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	inputs := []string{"at once", "429", "snooze", "busy", "panic", "killed", "later"}
	for n := range 12 * len(inputs) {
		if n == 6*len(inputs) {
			after(10 * time.Minute) // the outage is over
		}
		input := inputs[n%len(inputs)]
		if _, err := jobs.Create(t.Context(), input, func(o *jobstore.CreateOptions) {
			if o.ID = fmt.Sprint(n); input == "later" {
				o.StartAt = began.Add(30 * time.Minute)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	after(time.Hour)
	for n := range 12 * len(inputs) {
		job, err := jobs.Get(t.Context(), fmt.Sprint(n))
		if err != nil || job.Status != jobstore.Complete {
			t.Errorf("a job %q is %s after %d attempts, %v", job.Input, job.Status, job.Attempt, err)
		}
		if job.Input == "later" && job.UpdatedAt.Before(began.Add(30*time.Minute)) {
			t.Errorf("a job ran at %v, before its time", job.UpdatedAt)
		}
	}
	if client.failed.Load() == 0 {
		t.Error("the outage met no event")
	}
}

// troubled has the trouble that its input names, in the first attempt.
func troubled(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
	if job.Attempt > 1 {
		return "out", nil
	}
	switch job.Input {
	case "429":
		return "", jobstore.RetryAfter(errors.New("429"), 30*time.Second)
	case "snooze":
		return "", jobstore.Snooze(2 * time.Minute)
	case "busy":
		return "", errors.New("busy")
	case "panic":
		panic("trouble")
	case "killed":
		time.Sleep(time.Hour) // Lambda ends the invocation
	}
	return "out", nil
}

// outage fails every invoke until its end.
type outage struct {
	selfinvoke.Client
	until  time.Time
	failed atomic.Int64
}

func (o *outage) Invoke(ctx context.Context, in *lambda.InvokeInput, opts ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	if time.Now().Before(o.until) {
		o.failed.Add(1)
		return nil, errors.New("no route")
	}
	return o.Client.Invoke(ctx, in, opts...)
}
