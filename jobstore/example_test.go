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

// logged is a decorator: it prints how attempts end. Embedding forwards the methods of
// JobStore.
type logged[In, Out any] struct {
	jobstore.JobStore[In, Out]
}

// Unwrap keeps the optional interfaces of the store.
func (l logged[In, Out]) Unwrap() jobstore.JobStore[In, Out] { return l.JobStore }

func (l logged[In, Out]) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[Out]) error {
	err := l.JobStore.Settle(ctx, c, o)
	fmt.Println("attempt", c.Attempt, "ended as", o.Status, err)
	return err
}

// A store that is wrapped can still be swept and its jobs canceled.
func ExampleAs() {
	ctx, jobs := context.Background(), logged[string, int]{memstore.New[string, int]()}
	job, err := jobs.Create(ctx, "What were sales last month?")
	if err != nil {
		panic(err)
	}
	err = jobstore.Run(ctx, jobs, job.ID, func(_ context.Context, job *jobstore.Job[string, int]) (int, error) {
		return len(job.Input), nil
	})
	fmt.Println("run:", err)

	_, ok := jobstore.As[jobstore.Sweeper](jobs)
	fmt.Println("can be swept:", ok)
	// Output:
	// attempt 1 ended as complete <nil>
	// run: <nil>
	// can be swept: true
}
