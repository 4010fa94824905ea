package streamproc_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestJobs hands a batch with one job to the dispatcher, as often as Lambda would.
func TestJobs(t *testing.T) {
	boom := errors.New("boom")
	tests := map[string]struct {
		errs   []error // of the handler's calls
		status jobstore.Status
		want   string
	}{
		"a job that completes":        {[]error{nil}, jobstore.Complete, `{"batchItemFailures":[]}`},
		"a job to try again":          {[]error{boom}, jobstore.Pending, `{"batchItemFailures":[{"itemIdentifier":"101"}]}`},
		"a job that fails for good":   {[]error{jobstore.Permanent(boom)}, jobstore.Failed, `{"batchItemFailures":[]}`},
		"a job that succeeds at last": {[]error{boom, boom, nil}, jobstore.Complete, `{"batchItemFailures":[]}`},
		"a job that never succeeds":   {[]error{boom, boom, boom}, jobstore.Failed, `{"batchItemFailures":[]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			jobs := memstore.New[string, string]()
			if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
				t.Fatal(err)
			}
			calls := 0
			d := streamproc.Jobs(jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) {
				calls++
				return "out", tt.errs[calls-1]
			}, func(o *streamproc.JobsOptions) {
				o.Logger = slog.New(slog.DiscardHandler)
				o.Run = func(r *jobstore.RunOptions) { r.Logger = o.Logger }
			})
			var out []byte
			var err error
			for range tt.errs {
				if out, err = d.Invoke(t.Context(), batch(pending("1"))); err != nil {
					t.Fatal(err)
				}
			}
			job, err := jobs.Get(t.Context(), "1")
			if err != nil || job.Status != tt.status || string(out) != tt.want {
				t.Errorf("left %s and answered %s (%v), want %s and %s", job.Status, out, err, tt.status, tt.want)
			}
		})
	}
}
