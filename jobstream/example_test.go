package jobstream_test

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
)

// pendingJob creates a job, and returns the stream event that follows.
func pendingJob(ctx context.Context, jobs *memstore.Store[string, string]) (id string, event []byte) {
	job, err := jobs.Create(ctx, "Sales?")
	if err != nil {
		panic(err)
	}
	records, err := jobs.Changes(ctx, "", 1)
	if err != nil {
		panic(err)
	}
	return job.ID, fmt.Appendf(nil, `{"Records": [%s]}`, records[0])
}

func ExampleNew() {
	ctx := context.Background()
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	d := jobstream.New(jobs, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
		return "up 12 %", nil
	}) // lambda.Start(d)

	id, event := pendingJob(ctx, jobs)
	response, err := d.Invoke(ctx, event)
	fmt.Println(string(response), err)
	job, err := jobs.Get(ctx, id)
	fmt.Println(job.Status, job.Output, err)
	// Output:
	// {"batchItemFailures":[]} <nil>
	// complete up 12 % <nil>
}

// The job is started somewhere else.
func ExampleNewFunc() {
	ctx := context.Background()
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	var queue []string
	d := jobstream.NewFunc(func(_ context.Context, id string) error {
		queue = append(queue, id)
		return nil
	})

	id, event := pendingJob(ctx, jobs)
	response, err := d.Invoke(ctx, event)
	fmt.Println(string(response), err, len(queue), queue[0] == id)
	// Output:
	// {"batchItemFailures":[]} <nil> 1 true
}
