package examples_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// What subscribers see of a job.
const (
	started  = `"status":"processing","progress":null,"response":null,"error":null`
	calling  = `"status":"processing","progress":10,"response":null,"error":null`
	answer42 = `"status":"complete","progress":10,"response":"42","error":null`
	refused  = `"progress":10,"response":null,"error":"Claude did not answer."`
)

// TestAmplifyQueryJob runs all of pattern 1 with an Amplify front end: a mutation whose
// function creates the job, the table's stream, and a subscription that sees each
// change in order.
func TestAmplifyQueryJob(t *testing.T) {
	app := deployAmplify(t, claude(t))
	for question, want := range map[string][]string{
		"why?":       {started, calling, answer42},
		"moved":      {started, calling, `"status":"pending",` + refused},
		"nonsense":   {started, calling, `"status":"error",` + refused},
		"who is on?": {started, calling, `"status":"pending",` + refused, `"status":"processing",` + refused, `"status":"processing",` + refused, answer42},
	} {
		t.Run(question, func(t *testing.T) {
			changes := app.watch(t, question) // the user's name; a user sees no events of others
			app.sees(t, changes, app.submit(t, question, question), want...)
		})
	}
	for _, question := range []string{"", " ", strings.Repeat("x", 8<<10+1)} {
		a, raw := ask(t, app.API, app.User("user"), `mutation ($q: String!) { submitQuery(query: $q) { id } }`, map[string]any{"q": question})
		if len(a.Errors) == 0 {
			t.Errorf("a question of %d bytes: %s", len(question), raw)
		}
	}
}

// claude refuses nonsense, is busy when it is first asked who is on, and sends what has moved
// to another address, which would answer.
func claude(t *testing.T) (url string) {
	var busy atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		switch {
		case string(prompt) == `{"prompt":"nonsense"}`:
			w.WriteHeader(http.StatusBadRequest)
		case string(prompt) == `{"prompt":"moved"}` && r.URL.Path != "/other":
			http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
		case string(prompt) == `{"prompt":"who is on?"}` && busy.CompareAndSwap(false, true):
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			_, _ = io.WriteString(w, `{"claude_response":"42"}`)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestAmplifySweeps has no stream. The schedule starts what would be left lying.
func TestAmplifySweeps(t *testing.T) {
	app := deployAmplify(t, claude(t), "stream")
	ago := func(d time.Duration) time.Time { return time.Now().Add(-d).UTC() }
	ms := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	for name, job := range map[string]map[string]types.AttributeValue{
		"a job that waited until it was due": {"status": text("pending"), "attempt": number("1"), "claimableFrom": number(ms(ago(time.Second)))},
		"a job whose event was lost":         {"status": text("pending")},
		"a job whose worker died":            {"status": text("processing"), "attempt": number("1"), "claimToken": text("a dead worker"), "claimableFrom": number(ms(ago(time.Second)))},
		"a job that the original left":       {"status": text("processing"), "updatedAt": text(ago(time.Hour).Format(time.RFC3339))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := app.watch(t, name)
			id := jobstore.NewID()
			job["id"], job["owner"], job["query"], job["createdAt"] = text(id), text(name), text("why?"), text(ago(time.Hour).Format(time.RFC3339))
			if _, err := app.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &app.Table, Item: job}); err != nil {
				t.Fatal(err)
			}
			app.sees(t, changes, id, started, calling, answer42)
		})
	}
}

// TestAmplifyTemplate has the mapping that the dispatcher needs, and for each function no
// more permissions than it uses.
func TestAmplifyTemplate(t *testing.T) {
	all := amplifyFunctions(t)
	for name, want := range map[string][]string{
		"submit-query": {"appsync:GraphQL", "s3:GetObject"}, // Amplify's: the description of the models
		"process-query-job": {
			"appsync:GraphQL", "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
			"lambda:InvokeFunction", "s3:GetObject", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage",
		},
	} {
		f := all[name]
		if f.Runtime != "provided.al2023" || !slices.Equal(f.Architectures, []string{"arm64"}) || !slices.Equal(f.Build, []string{"-tags=lambda.norpc", "-trimpath=true", "CGO_ENABLED=0", "GOARCH=arm64", "GOOS=linux"}) {
			t.Errorf("%s runs on %s, %s, and is built with %s", name, f.Runtime, f.Architectures, f.Build)
		}
		if diff := cmp.Diff(want, f.Actions); diff != "" {
			t.Errorf("%s may (-want +got):\n%s", name, diff)
		}
	}
	worker := all["process-query-job"]
	pattern, err := lambdalocal.FilterCriteria(jobstream.New(memstore.New[string, string](), func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", nil }).FilterCriteria())
	if err != nil {
		t.Fatal(err)
	}
	mapping := amplifyMapping{
		BatchSize: 100, MaximumRetryAttempts: 5, BisectBatchOnFunctionError: true, FunctionResponseTypes: []string{"ReportBatchItemFailures"},
		StartingPosition: lambdalocal.TrimHorizon, OnFailure: "queue",
	}
	for _, p := range pattern {
		mapping.FilterCriteria.Filters = append(mapping.FilterCriteria.Filters, struct{ Pattern string }{p})
	}
	if diff := cmp.Diff([]amplifyMapping{mapping}, worker.Mappings); diff != "" {
		t.Errorf("the mapping (-want +got):\n%s", diff)
	}
	if len(worker.Asynchronous) != 1 || worker.Asynchronous[0].OnFailure != "queue" {
		t.Errorf("what Lambda gives up on is lost: %+v", worker.Asynchronous)
	}
	if worker.Timeout != 900 || !slices.Equal(worker.Schedules, []string{"rate(1 minute)"}) {
		t.Errorf("the worker has %d s and the schedules %q", worker.Timeout, worker.Schedules)
	}
}
