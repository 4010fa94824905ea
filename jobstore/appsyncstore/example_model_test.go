package appsyncstore_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

const endpoint = "https://example.appsync-api.eu-central-1.amazonaws.com/graphql"

// What a model with few fields cannot do.
func ExampleStore_Lacks() {
	jobs, err := appsyncstore.New[string, string](endpoint, "QueryJob", appsyncstore.APIKey("da2-example"), appsyncstore.Minimal)
	if err != nil {
		panic(err)
	}
	for _, lack := range jobs.Lacks() {
		if strings.HasPrefix(lack, "no job") || strings.HasPrefix(lack, "progress ") {
			fmt.Println(lack)
		}
	}
	// Output:
	// no job waits: a start time is refused, and a job that is given back is due at once
	// progress is not stored
	// progress messages are not stored
	// no job expires
}

// A model with few fields, and one that holds all others: jobState: a.string().
func ExampleMinimal() {
	jobs, err := appsyncstore.New[string, string](endpoint, "QueryJob", appsyncstore.APIKey("da2-example"), appsyncstore.Minimal, func(o *appsyncstore.Options) {
		o.Fields.State = "jobState"
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(len(jobs.Lacks()), "guarantees are missing")
	// Output: 0 guarantees are missing
}

// All that a schema lacks, at once.
func ExampleStore_Check() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data": {"__schema": {"types": [{"name": "Query", "fields": []}, {"name": "Mutation", "fields": []}]}}}`)
	}))
	defer api.Close()
	jobs, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.APIKey("da2-example"))
	if err != nil {
		panic(err)
	}
	var schema *appsyncstore.SchemaError
	if errors.As(jobs.Check(context.Background()), &schema) {
		fmt.Println(strings.Join(schema.Problems, "\n"))
	}
	// Output:
	// Query lacks getQueryJob
	// Query lacks listQueryJobs (Options.ListQuery names it)
	// Mutation lacks createQueryJob
	// Mutation lacks updateQueryJob
	// Mutation lacks deleteQueryJob
	// the type does not exist
}

// A job of a tenant, in a model with .identifier(['tenantId', 'jobId']).
func ExampleWithFields() {
	api := appSync()
	defer api.Close()
	jobs, err := appsyncstore.New[string, string](api.URL, "QueryJob", appsyncstore.APIKey("da2-example"), func(o *appsyncstore.Options) {
		o.Fields.Partition, o.Fields.ID = "tenantId", "jobId"
	})
	if err != nil {
		panic(err)
	}
	ctx := appsyncstore.WithFields(context.Background(), map[string]any{"tenantId": "acme"})
	job, err := jobs.Create(ctx, "What were sales last month?", func(o *jobstore.CreateOptions) { o.ID = "2026-11" })
	fmt.Println(job.ID, err)
	// Output:
	// createQueryJob pending <nil> <nil>
	// acme:2026-11 <nil>
}
