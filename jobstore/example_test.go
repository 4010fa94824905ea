package jobstore_test

import (
	"context"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func ExampleRun() {
	ctx := context.Background()
	jobs := memstore.New[string, int]()
	job, err := jobs.Create(ctx, "What were sales last month?")
	if err != nil {
		panic(err)
	}
	err = jobstore.Run(ctx, jobs, job.ID, func(ctx context.Context, job *jobstore.Job[string, int]) (int, error) {
		return len(job.Input), jobstore.Report(ctx, 50, "counting")
	})
	fmt.Println("run:", err)

	job, err = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, job.Output, job.ProgressMessage, err)
	// Output:
	// run: <nil>
	// complete 27 counting <nil>
}

func ExampleSweep() {
	ctx, jobs := context.Background(), memstore.New[string, int]()
	if _, err := jobs.Create(ctx, "a question whose trigger got lost"); err != nil {
		panic(err)
	}
	anHourLater := func(o *jobstore.SweepOptions) {
		o.Now = func() time.Time { return time.Now().Add(time.Hour) }
	}
	// In production: a function on a schedule.
	taken, err := jobstore.Sweep(ctx, jobs, func(ctx context.Context, s jobstore.Stuck) error {
		return jobstore.Run(ctx, jobs, s.ID, func(ctx context.Context, job *jobstore.Job[string, int]) (int, error) {
			return len(job.Input), nil
		})
	}, anHourLater)
	fmt.Println(taken, err)
	// Output: 1 <nil>
}

func ExampleCancel() {
	ctx, jobs := context.Background(), memstore.New[string, int]()
	job, err := jobs.Create(ctx, "What were sales last month?")
	if err != nil {
		panic(err)
	}
	job, err = jobstore.Cancel(ctx, jobs, job.ID, "the customer has left")
	fmt.Println(job.Status, job.Error, err)
	// Output: error the customer has left <nil>
}
