package tests

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

func TestJobsOutliveCrashesAndABusyModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
		local := lambdalocal.New(func(o *lambdalocal.Options) {
			o.Logger = slog.New(slog.DiscardHandler)
			o.Faults = lambdalocal.Faults{Seed: 1, Duplicate: 0.2, CrashBefore: 0.2, LostResponse: 0.2}
		})
		began := time.Now()
		worker, err := local.AddFunction("worker", newWorker(local.Client(), jobs, func(context.Context, string) (string, error) {
			if time.Since(began) < 4*time.Minute {
				return "", errBusy
			}
			return "up 12 %", nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		err = worker.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) { o.ReportBatchItemFailures = true })
		if err != nil {
			t.Fatal(err)
		}
		if err := worker.Schedule(time.Minute); err != nil {
			t.Fatal(err)
		}
		for n := range 20 {
			if _, err := jobs.Create(t.Context(), "Sales?", func(o *jobstore.CreateOptions) { o.ID = fmt.Sprint(n) }); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Hour) // takes no time
		local.Close()
		for n := range 20 {
			if job, err := jobs.Get(t.Context(), fmt.Sprint(n)); err != nil || job.Output != "up 12 %" {
				t.Errorf("job %d is %+v, %v\n%s", n, job, err, local.Trace())
			}
		}
	})
}
