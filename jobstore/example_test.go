package jobstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
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

// An upstream says when it wants to be asked again. The attempt counts.
func ExampleRetryAfter() {
	ctx, jobs := context.Background(), memstore.New[string, string]()
	job, err := jobs.Create(ctx, "What were sales last month?")
	if err != nil {
		panic(err)
	}
	busy := func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "", jobstore.RetryAfter(errors.New("429 Too Many Requests"), 30*time.Second)
	}
	err = jobstore.Run(ctx, jobs, job.ID, busy, func(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) })
	retry, ok := err.(*jobstore.RetryError)
	fmt.Println(ok, time.Until(retry.After).Round(time.Second))

	job, err = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, job.ErrorDetail, err)
	// Output:
	// true 30s
	// pending 429 Too Many Requests <nil>
}

// A job polls work that is done elsewhere, as often as it likes.
func ExampleSnooze() {
	ctx, jobs := context.Background(), memstore.New[string, string]()
	job, err := jobs.Create(ctx, "batch-7", func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 })
	if err != nil {
		panic(err)
	}
	poll := func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "", jobstore.Snooze(time.Hour)
	}
	err = jobstore.Run(ctx, jobs, job.ID, poll, func(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) })
	retry, ok := err.(*jobstore.RetryError)
	fmt.Println(ok, time.Until(retry.After).Round(time.Minute))

	job, err = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, "attempts left:", job.MaxAttempts-job.Attempt, err)
	// Output:
	// true 1h0m0s
	// pending attempts left: 1 <nil>
}

func ExampleExponential() {
	patient := jobstore.Exponential(time.Minute, time.Hour)
	_ = func(o *jobstore.RunOptions) { o.Backoff = patient } // for every job of a trigger

	d := patient(3) // 4 minutes, and a quarter of that more or less
	fmt.Println(d >= 3*time.Minute, d <= 5*time.Minute)
	// Output: true true
}

func ExamplePartial() {
	ctx, jobs := context.Background(), memstore.New[string, string]()
	job, err := jobs.Create(ctx, "What is the capital of France?")
	if err != nil {
		panic(err)
	}
	err = jobstore.Run(ctx, jobs, job.ID, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
		var answer strings.Builder
		for _, token := range []string{"The capital", " is", " Paris."} { // from the model
			answer.WriteString(token)
			_ = jobstore.Partial(ctx, answer.String()) // the first at once, the others a second later
		}
		reader, err := jobs.Get(ctx, job.ID)
		fmt.Printf("%s: %s...\n", reader.Status, reader.Output)
		return answer.String(), err
	})
	fmt.Println("run:", err)

	job, err = jobs.Get(ctx, job.ID)
	fmt.Printf("%s: %s %v\n", job.Status, job.Output, err)
	// Output:
	// processing: The capital...
	// run: <nil>
	// complete: The capital is Paris. <nil>
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

func ExampleSweep() {
	ctx, jobs := context.Background(), memstore.New[string, int]()
	if _, err := jobs.Create(ctx, "a question whose trigger got lost"); err != nil {
		panic(err)
	}
	anHourLater := func(o *jobstore.SweepOptions) {
		o.Logger = slog.New(slog.DiscardHandler)
		o.Now = func() time.Time { return time.Now().Add(time.Hour) }
	}
	// In production: a function on a schedule.
	swept, err := jobstore.Sweep(ctx, jobs, func(ctx context.Context, s jobstore.Stuck) error {
		return jobstore.Run(ctx, jobs, s.ID, func(ctx context.Context, job *jobstore.Job[string, int]) (int, error) {
			return len(job.Input), nil
		})
	}, anHourLater)
	fmt.Println(swept.Started, err)
	// Output: 1 <nil>
}

// An operator has fixed the upstream, and reopens what had failed.
func ExampleRetry() {
	ctx, jobs := context.Background(), memstore.New[string, string]()
	quiet := func(o *jobstore.RunOptions) { o.Logger = slog.New(slog.DiscardHandler) }
	job, err := jobs.Create(ctx, "What were sales last month?")
	if err != nil {
		panic(err)
	}
	_ = jobstore.Run(ctx, jobs, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "", jobstore.Permanent(errors.New("401: the key has expired"))
	}, quiet)

	for failed, err := range jobstore.List(ctx, jobs, jobstore.FailedJobs) {
		if err != nil {
			panic(err)
		}
		job, err := jobstore.Retry(ctx, jobs, failed.ID)
		fmt.Println(job.Status, job.ErrorDetail, err)
	}
	// In production, the sweep starts it.
	err = jobstore.Run(ctx, jobs, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) {
		return "up 12 %", nil
	}, quiet)
	job, _ = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, job.Output, err)
	// Output:
	// pending 401: the key has expired <nil>
	// complete up 12 % <nil>
}

// A page of a status API shows the newest jobs of the caller who asks.
func ExampleListByCaller() {
	ctx, jobs := context.Background(), memstore.New[string, string]()
	for _, caller := range []string{"ann", "bob", "ann"} {
		if _, err := jobs.Create(ctx, "question of "+caller, func(o *jobstore.CreateOptions) { o.Caller = caller }); err != nil {
			panic(err)
		}
	}
	for listed, err := range jobstore.ListByCaller(ctx, jobs, "ann") {
		if err != nil {
			panic(err)
		}
		job, err := jobs.Get(ctx, listed.ID)
		if err != nil {
			panic(err)
		}
		fmt.Println(job.Status, job.Input)
	}
	// Output:
	// pending question of ann
	// pending question of ann
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
