package jobstore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func TestOptionsAreChecked(t *testing.T) {
	s, nothing := memstore.New[string, string](), fails(nil)
	run := func(opt func(*jobstore.RunOptions)) func() {
		return func() { _ = jobstore.Run(t.Context(), s, "a", nothing, opt) }
	}
	sweep := func(opt func(*jobstore.SweepOptions)) func() {
		return func() {
			_, _ = jobstore.Sweep(t.Context(), s, func(context.Context, jobstore.Stuck) error { return nil }, opt)
		}
	}
	for want, call := range map[string]func(){
		"jobstore: Run: store is nil":                               func() { _ = jobstore.Run[string, string](t.Context(), nil, "a", nothing) },
		"jobstore: Cancel: store is nil":                            func() { _, _ = jobstore.Cancel[string, string](t.Context(), nil, "a", "") },
		"jobstore: As: the Unwrap of jobstore_test.circle leads":    func() { jobstore.As[jobstore.Sweeper](jobstore.JobStore[string, string](circle{})) },
		"jobstore: Run: fn is nil":                                  func() { _ = jobstore.Run(t.Context(), s, "a", nil) },
		"jobstore: Run: RunOptions.Margin is -1s, want at least 0s": run(func(o *jobstore.RunOptions) { o.Margin = -time.Second }),
		"jobstore: Run: RunOptions.LeaseGrace is -1ns, want at":     run(func(o *jobstore.RunOptions) { o.LeaseGrace = -1 }),
		"jobstore: Run: RunOptions.Lease is 29s, want at least 30s": run(func(o *jobstore.RunOptions) { o.Lease = 29 * time.Second }),
		"jobstore: Run: RunOptions.ReportEvery is -1ns, want":       run(func(o *jobstore.RunOptions) { o.ReportEvery = -1 }),
		"jobstore: Run: RunOptions.MaxDelay is -1ns, want":          run(func(o *jobstore.RunOptions) { o.MaxDelay = -1 }),
		"jobstore: Run: RunOptions.MaxWait is -1ns, want":           run(func(o *jobstore.RunOptions) { o.MaxWait = -1 }),
		"jobstore: Run: RunOptions.PartialEvery is -1ns, want":      run(func(o *jobstore.RunOptions) { o.PartialEvery = -1 }),
		"jobstore: Run: RunOptions.PartialUnits is 0, want at":      run(func(o *jobstore.RunOptions) { o.PartialUnits = 0 }),
		"jobstore: Run: RunOptions.MaxPartialBytes is 0, want at":   run(func(o *jobstore.RunOptions) { o.MaxPartialBytes = 0 }),
		"jobstore: Run: RunOptions.Size is -1, want at least 0":     run(func(o *jobstore.RunOptions) { o.Size = -1 }),
		"jobstore: Run: RunOptions.CallTimeout is 0s, want at":      run(func(o *jobstore.RunOptions) { o.CallTimeout = 0 }),
		"jobstore: Run: RunOptions.OnFailed is nil":                 run(func(o *jobstore.RunOptions) { o.OnFailed = nil }),
		"jobstore: Run: RunOptions.Now is nil":                      run(func(o *jobstore.RunOptions) { o.Now = nil }),
		"jobstore: Run: RunOptions.Worker is 201 bytes, the limit":  run(func(o *jobstore.RunOptions) { o.Worker = strings.Repeat("w", 201) }),
		"jobstore: Run: RunOptions.Worker is not valid UTF-8":       run(func(o *jobstore.RunOptions) { o.Worker = "\xff" }),
		"jobstore: Run: RunOptions.Backoff is nil":                  run(func(o *jobstore.RunOptions) { o.Backoff = nil }),
		"jobstore: Exponential: first is 0s, want at least 1ms":     func() { jobstore.Exponential(0, time.Second) },
		"jobstore: Exponential: most is 1s, want at least first, 2": func() { jobstore.Exponential(2*time.Second, time.Second) },
		"jobstore: Run: option 1 of 1 is nil":                       run(nil),
		"jobstore: Sweep: option 1 of 1 is nil":                     sweep(nil),
		"jobstore: Run: RunOptions.Lease is 0s":                     func() { jobstore.CheckRunOptions(func(o *jobstore.RunOptions) { o.Lease = 0 }) },
		"jobstore: Run: RunOptions.Logger is nil":                   run(func(o *jobstore.RunOptions) { o.Logger = nil }),
		"jobstore: Retry: store is nil":                             func() { _, _ = jobstore.Retry[string, string](t.Context(), nil, "a") },
		"jobstore: List: store is nil":                              func() { jobstore.List[string, string](t.Context(), nil, jobstore.FailedJobs) },
		"jobstore: List: ListOptions.PageSize is 0, want at": func() {
			jobstore.List(t.Context(), s, jobstore.FailedJobs, func(o *jobstore.ListOptions) { o.PageSize = 0 })
		},
		"jobstore: Sweep: sweeper is nil":                       func() { _, _ = jobstore.Sweep(t.Context(), nil, nil) },
		"jobstore: Sweep: fn is nil":                            func() { _, _ = jobstore.Sweep(t.Context(), s, nil) },
		"jobstore: Sweep: SweepOptions.Margin is -1ns, want at": sweep(func(o *jobstore.SweepOptions) { o.Margin = -1 }),
		"jobstore: Sweep: SweepOptions.MaxUnclaimed is -1":      sweep(func(o *jobstore.SweepOptions) { o.MaxUnclaimed = -1 }),
		"jobstore: Sweep: SweepOptions.Backoff is nil":          sweep(func(o *jobstore.SweepOptions) { o.Backoff = nil }),
		"jobstore: Sweep: SweepOptions.Logger is nil":           sweep(func(o *jobstore.SweepOptions) { o.Logger = nil }),
		"jobstore: Sweep: SweepOptions.Now is nil":              sweep(func(o *jobstore.SweepOptions) { o.Now = nil }),
	} {
		if got := panicOf(call); !strings.HasPrefix(got, want) {
			t.Errorf("panicked with %q, want %q", got, want)
		}
	}
}
