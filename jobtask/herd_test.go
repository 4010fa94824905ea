package jobtask_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestHerd has 1,000 jobs of a minute and 20 slots, and prints how long they took in
// virtual time and how many events there were. Without waits it would be 50 minutes.
func TestHerd(t *testing.T) {
	for name, c := range map[string]struct {
		apart, alone bool
		most         time.Duration
	}{
		"the work in a function of its own":                                {apart: true, most: 55 * time.Minute},
		"triggers and work in one function":                                {most: 55 * time.Minute},
		"the same, and each job in an invocation of its own (`MaxJobs` 1)": {apart: true, alone: true, most: 3 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			took, events := herd(t, 1000, 20, c.apart, c.alone)
			t.Logf("1,000 jobs of 60 s, 20 slots, %s: %.1f min, %.2f events a job", name, took.Minutes(), events)
			if took > c.most || !c.alone && events > 1.3 {
				t.Errorf("took %v with %.2f events a job", took, events)
			}
			within := 0.1
			if c.alone {
				within = 0.3 // it depends on which invocations meet
			}
			testenv.Figures(t, "docs/benchmarks.md", "| "+name+" |", within, took.Minutes(), events)
		})
	}
}

// herd returns how long n jobs took, and the events of each.
func herd(t *testing.T, n, slots int, apart, alone bool) (took time.Duration, events float64) {
	synctest.Test(t, func(t *testing.T) {
		local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		defer local.Close()
		jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
		var sent atomic.Int64
		options := func(o *jobtask.WorkerOptions) {
			if still(o); alone {
				o.MaxJobs = 1
			}
		}
		worker := func(function string) any {
			return jobtask.Worker("work", counting{local.Client(), &sent}, jobs, slow, options, func(o *jobtask.WorkerOptions) {
				o.Task = func(o *selfinvoke.Options) { o.Function = function }
			})
		}
		limited := func(o *lambdalocal.FunctionOptions) { o.Timeout, o.ReservedConcurrency = 15*time.Minute, slots }
		triggers, err := local.AddFunction("work", worker(""), limited)
		if apart && err == nil {
			triggers, err = local.AddFunction("triggers", worker("work"), func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
		}
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for i := range n {
			if _, err := jobs.Create(t.Context(), "question", func(o *jobstore.CreateOptions) { o.ID = fmt.Sprint(i) }); err != nil {
				t.Fatal(err)
			}
		}
		err = triggers.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) {
			o.BatchSize, o.ReportBatchItemFailures = 100, true
			o.FilterCriteria = []string{`{"eventName":["INSERT"]}`}
		})
		if err == nil {
			err = triggers.Schedule(time.Minute)
		}
		if err != nil {
			t.Fatal(err)
		}
		after(8 * time.Hour)
		for i := range n {
			j, err := jobs.Get(t.Context(), fmt.Sprint(i))
			if err != nil || j.Status != jobstore.Complete || j.Attempt != 1 {
				t.Fatalf("%+v, %v", j, err)
			}
			took = max(took, j.UpdatedAt.Sub(began))
		}
		events = float64(sent.Load()) / float64(n)
	})
	return took, events
}

// counting counts the events that are sent.
type counting struct {
	selfinvoke.Client
	sent *atomic.Int64
}

func (c counting) Invoke(ctx context.Context, in *lambda.InvokeInput, opts ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	c.sent.Add(1)
	return c.Client.Invoke(ctx, in, opts...)
}
