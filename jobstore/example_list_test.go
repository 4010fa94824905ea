package jobstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// What has not ended after ten minutes, and why.
func ExampleList() {
	ctx, now := context.Background(), time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Now = clock })
	for _, id := range []string{"report", "invoice"} {
		if _, err := jobs.Create(ctx, "input", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
			panic(err)
		}
	}
	now = now.Add(20 * time.Minute) // the event of "report" was lost
	busy(ctx, jobs, "invoice", clock)
	sweep(ctx, jobs, clock)

	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "JOB\tSTATUS\tAGE\tATTEMPTS\tDUE\tHAND-OVERS\tLAST\tNEXT LOOK\tERROR")
	for job, err := range jobstore.List(ctx, jobs, jobstore.UnfinishedJobs, func(o *jobstore.ListOptions) {
		o.CreatedUntil = now.Add(-10 * time.Minute)
	}) {
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(table, "%s\t%s\t%v\t%d\t%s\t%d\t%s\t%s\t%s\n", job.ID, job.Status, now.Sub(job.CreatedAt), job.Attempt,
			clockTime(job.ClaimableFrom), job.HandOvers, clockTime(job.HandedOverAt), clockTime(job.At), job.Error)
	}
	if err := table.Flush(); err != nil {
		panic(err)
	}
	// Output:
	// JOB      STATUS   AGE    ATTEMPTS  DUE       HAND-OVERS  LAST      NEXT LOOK  ERROR
	// invoice  pending  20m0s  1         09:25:00  0           -         09:25:00   429 Too Many Requests
	// report   pending  20m0s  0         -         1           09:20:00  09:35:00
}

// busy runs a job whose upstream asks it to wait.
func busy(ctx context.Context, jobs *memstore.Store[string, string], id string, clock func() time.Time) {
	_ = jobstore.Run(ctx, jobs, id, func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "", jobstore.RetryAfter(errors.New("429 Too Many Requests"), 5*time.Minute)
	}, func(o *jobstore.RunOptions) { o.Now, o.Logger = clock, slog.New(slog.DiscardHandler) })
}

// sweep starts jobs by sending an event each.
func sweep(ctx context.Context, jobs jobstore.Sweeper, clock func() time.Time) {
	_, err := jobstore.Sweep(ctx, jobs, func(context.Context, jobstore.Stuck) error { return nil }, func(o *jobstore.SweepOptions) {
		o.Now, o.Logger = clock, slog.New(slog.DiscardHandler)
		o.Backoff = func(int) time.Duration { return 15 * time.Minute }
	})
	if err != nil {
		panic(err)
	}
}

func clockTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.TimeOnly)
}

// A page of the list, and the next one.
func ExampleList_pages() {
	ctx, jobs := context.Background(), memstore.New[string, string]()
	for n := range 3 {
		id := fmt.Sprint("job-", n)
		if _, err := jobs.Create(ctx, "question", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
			panic(err)
		}
		if _, err := jobstore.Cancel(ctx, jobs, id, "the customer has left"); err != nil {
			panic(err)
		}
	}
	page := func(after string) (next string) {
		shown := 0
		for job, err := range jobstore.List(ctx, jobs, jobstore.CanceledJobs, func(o *jobstore.ListOptions) { o.After = after }) {
			if err != nil {
				panic(err)
			}
			fmt.Println(job.ID, job.Status)
			if shown++; shown == 2 {
				return job.Cursor
			}
		}
		return ""
	}
	next := page("")
	fmt.Println("more:", next != "")
	page(next)
	// Output:
	// job-0 error
	// job-1 error
	// more: true
	// job-2 error
}
