package memstore_test

import (
	"context"
	"fmt"

	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func ExampleNew() {
	ctx, jobs := context.Background(), memstore.New[string, int]()
	job, err := jobs.Create(ctx, "What were sales last month?")
	fmt.Println(job.Status, job.Attempt, err)
	// Output: pending 0 <nil>
}

// A store can keep its changes as the records of a DynamoDB stream.
func ExampleStore_Changes() {
	ctx := context.Background()
	jobs := memstore.New[string, int](func(o *memstore.Options) { o.Stream = true })
	if _, err := jobs.Create(ctx, "What were sales last month?"); err != nil {
		panic(err)
	}
	records, err := jobs.Changes(ctx, "", 10)
	fmt.Println(len(records), err)
	// Output: 1 <nil>
}
