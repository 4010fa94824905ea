package examples_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/publish"
	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// publisherAPI runs the API that the template deploys.
func publisherAPI(t *testing.T) *appsynctest.API {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"schema.graphql", "publishJob.request.vtl", "publishJob.response.vtl"} {
		content, err := os.ReadFile(filepath.Join("publishqueryjob", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const resolvers = `{"authorization":["API_KEY","AWS_IAM"],"dataSources":[{"type":"NONE","name":"None"}],"functions":[],"resolvers":[{"type":"Mutation","field":"publishJob",
		"dataSource":"None","request":"publishJob.request.vtl","response":"publishJob.response.vtl"}]}`
	if err := os.WriteFile(filepath.Join(folder, "resolvers.json"), []byte(resolvers), 0o600); err != nil {
		t.Fatal(err)
	}
	return appsynctest.StartFolder(t, folder)
}

// TestTheKeyPublishesNothing: a browser may watch one job whose ID it knows.
func TestTheKeyPublishesNothing(t *testing.T) {
	api := publisherAPI(t)
	for name, caller := range map[string]appsynctest.Caller{"the key": api.Key(), "a role without a policy": api.Signed(api.Stranger()), "a user": api.User("user")} {
		answer := string(api.QueryAs(t, caller, `mutation { publishJob(job: {id: "a", status: complete, output: "forged"}) { id output } }`, nil))
		if !strings.Contains(answer, "Unauthorized") || strings.Contains(answer, "forged") {
			t.Errorf("%s may publish: %s", name, answer)
		}
		for _, argument := range []string{"", "(id: null)"} {
			if _, err := api.SubscribeAs(t, caller, `subscription { onJob`+argument+` { id output } }`, nil); err == nil {
				t.Errorf("%s may watch all jobs with %q", name, argument)
			}
		}
	}
}

// TestPublishedChanges runs a job in DynamoDB. A subscriber of an API without a table
// sees it.
func TestPublishedChanges(t *testing.T) {
	api, d := publisherAPI(t), deploy(t)
	jobs, err := dynamostore.New[string, string](d.client, table)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := api.Processor().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.mapped("publishqueryjob", setup.Must(publish.Changes[string](api.URL, nil)), "GRAPHQL_ENDPOINT="+api.URL, "AWS_REGION="+api.Region,
		"AWS_ACCESS_KEY_ID="+keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+keys.SecretAccessKey)
	id := jobstore.NewID()
	events, err := api.SubscribeAs(t, api.Key(), `subscription ($id: ID!) { onJob(id: $id) { id status progress progressMessage output omitted canceled } }`, map[string]any{"id": id})
	if err != nil {
		t.Fatal(err)
	}
	job, err := jobs.Create(t.Context(), "why?", func(o *jobstore.CreateOptions) { o.ID = id })
	if err != nil {
		t.Fatal(err)
	}
	if err := jobstore.Run(t.Context(), jobs, job.ID, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
		return "42", jobstore.Report(ctx, 60, "half of it")
	}, func(o *jobstore.RunOptions) { o.ReportEvery = 0 }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []publish.Job{
		{ID: job.ID, Status: "pending"},
		{ID: job.ID, Status: "processing"},
		{ID: job.ID, Status: "processing", Progress: 60, ProgressMessage: "half of it"},
		{ID: job.ID, Status: "complete", Progress: 60, ProgressMessage: "half of it", Output: `"42"`},
	} {
		select {
		case e := <-events:
			var got struct{ OnJob publish.Job }
			if err := json.Unmarshal(e.Data, &got); err != nil || got.OnJob != want {
				t.Errorf("got %s, %v; want %+v", e.Data, err, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("no event of %s\n%s", want.Status, d.local.Trace())
		}
	}
}
