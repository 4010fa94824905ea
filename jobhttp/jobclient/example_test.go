package jobclient_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func ExampleNew() {
	jobs := memstore.New[string, string]()
	server := httptest.NewServer(http.StripPrefix("/jobs", jobhttp.New(jobs, jobhttp.AllowAll)))
	defer server.Close()

	c, err := jobclient.New[string, string](server.URL + "/jobs")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	job, err := c.Create(ctx, "What were sales last month?")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() { // a worker
		_ = jobstore.Run(ctx, jobs, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) {
			return "42", nil
		})
	}()
	job, err = c.Wait(ctx, job.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(job.Status, *job.Output)
	// Output:
	// complete 42
}

func ExampleClient_Watch() {
	jobs := memstore.New[string, string]()
	server := httptest.NewServer(jobhttp.New(jobs, jobhttp.AllowAll))
	defer server.Close()

	c, err := jobclient.New[string, string](server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	created, err := c.Create(ctx, "What were sales last month?")
	if err != nil {
		fmt.Println(err)
		return
	}
	for job, err := range c.Watch(ctx, created.ID) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(job.Status)
		if !job.Canceled {
			_, _ = c.Cancel(ctx, job.ID)
		}
	}
	// Output:
	// pending
	// error
}
