package jobstore_test

import (
	"context"
	"fmt"

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
