package jobstream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// TestAPlainMapping of batch size 1 with two retries, which ignores the response, loses
// neither the job of a worker that died nor one that fails at first.
func TestAPlainMapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
		began := time.Now()
		for i := range 5 {
			if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = fmt.Sprint(i) }); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := jobs.Claim(t.Context(), "0", jobstore.Lease{Owner: "dead", Until: began.Add(115 * time.Second)}); err != nil {
			t.Fatal(err)
		}
		d := jobstream.New(jobs, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
			if job.ID == "1" && job.Attempt < 4 {
				return "", errors.New("busy")
			}
			return "out", nil
		}, func(o *jobstream.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		fn, err := local.AddFunction("f", d, func(o *lambdalocal.FunctionOptions) { o.Timeout = 15 * time.Minute })
		if err != nil {
			t.Fatal(err)
		}
		if err := fn.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) {
			o.BatchSize, o.MaximumRetryAttempts = 1, 2
			o.FilterCriteria = []string{`{"eventName":["INSERT"]}`}
			o.OnFailure = func(f lambdalocal.StreamFailure) { t.Errorf("discarded %+v", f) }
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		if err := local.Close(); err != nil {
			t.Error(err)
		}
		for i := range 5 {
			if job, err := jobs.Get(t.Context(), fmt.Sprint(i)); err != nil || job.Status != jobstore.Complete {
				t.Errorf("the job is %+v, %v", job, err)
			}
		}
	})
}
