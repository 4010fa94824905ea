package streamproc_test

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

func ExampleNew() {
	type QueryJob struct {
		ID    string `dynamodbav:"id"`
		Query string `dynamodbav:"query"`
	}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[QueryJob]) error {
		fmt.Println(r.New.ID, r.New.Query)
		return nil
	})
	response, err := d.Invoke(context.Background(), []byte(`{"Records": [{"eventName": "INSERT", "dynamodb": {
		"SequenceNumber": "1", "StreamViewType": "NEW_IMAGE",
		"NewImage": {"id": {"S": "job-1"}, "status": {"S": "pending"}, "query": {"S": "Sales?"}}}}]}`))
	fmt.Println(string(response), err)
	// Output:
	// job-1 Sales?
	// {"batchItemFailures":[]} <nil>
}

// A handler that wants to know only which item has changed, on a stream that has
// nothing but the keys.
func ExampleOptions_needs() {
	evict := func(id string) { fmt.Println("evict", id) }
	d := streamproc.New(func(_ context.Context, r streamproc.Record[struct{}]) error {
		evict(r.Keys.Value("id"))
		return nil
	}, func(o *streamproc.Options) {
		o.Filter = streamproc.Where(func(r *streamproc.RawRecord) bool { return r.Operation != streamproc.Insert })
		o.Needs = streamproc.KeysOnly
	})
	response, err := d.Invoke(context.Background(), []byte(`{"Records": [{"eventName": "MODIFY", "dynamodb": {
		"SequenceNumber": "1", "StreamViewType": "KEYS_ONLY", "Keys": {"id": {"S": "item-1"}}}}]}`))
	fmt.Println(string(response), err)
	// Output:
	// evict item-1
	// {"batchItemFailures":[]} <nil>
}

func ExampleJobs() {
	ctx := context.Background()
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	job, err := jobs.Create(ctx, "Sales?")
	if err != nil {
		panic(err)
	}
	d := streamproc.Jobs(jobs, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
		return "up 12 %", nil
	})
	records, err := jobs.Changes(ctx, "", 1)
	if err != nil {
		panic(err)
	}
	response, err := d.Invoke(ctx, []byte(`{"Records": [`+string(records[0])+`]}`))
	fmt.Println(string(response), err)
	job, err = jobs.Get(ctx, job.ID)
	fmt.Println(job.Status, job.Output, err)
	// Output:
	// {"batchItemFailures":[]} <nil>
	// complete up 12 % <nil>
}
