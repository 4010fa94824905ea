package examples_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/samlocal"
	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// stack is the deployed template.yaml. A minute of Lambda's takes 60 ms.
type stack struct {
	*testing.T
	*samlocal.Stack
	local  *lambdalocal.Local
	client *dynamodb.Client
}

func deployTemplate(t *testing.T, claude, slack string, without ...string) *stack {
	t.Helper()
	template, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	programs := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", programs, "./submitquery", "./processqueryjob", "./auditqueryjob", "./slackwebhook")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	endpoint := dynamotest.Endpoint(t)
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	s := &stack{T: t, client: dynamodb.NewFromConfig(cfg)}
	s.local = lambdalocal.New(func(o *lambdalocal.Options) {
		o.WaitScale, o.Logger = 0.001, slog.New(slog.NewTextHandler(t.Output(), nil))
	})
	s.Stack, err = samlocal.Deploy(t.Context(), template, s.local, cfg, samlocal.Options{
		Parameters: map[string]string{"ClaudeUrl": claude, "SlackSigningSecret": secret, "SlackBotToken": "xoxb"},
		Programs:   programs, Env: []string{"AWS_ENDPOINT_URL_DYNAMODB=" + endpoint, "SLACK_API_URL=" + slack}, Output: t.Output(), Without: without,
	})
	t.Cleanup(func() {
		_ = s.local.Close() // whose schedules may leave an event that waits
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jobs are those of the template's table.
func (s *stack) jobs(opts ...func(*dynamostore.Options)) *dynamostore.Store[string, string] {
	s.Helper()
	jobs, err := dynamostore.New[string, string](s.client, s.Table("Jobs"), opts...)
	if err != nil {
		s.Fatal(err)
	}
	return jobs
}

// completed waits until the job is complete.
func (s *stack) completed(id string) *jobstore.Job[string, string] {
	s.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; <-time.After(20 * time.Millisecond) {
		job, err := s.jobs().Get(s.Context(), id)
		if err == nil && job.Status == jobstore.Complete {
			return job
		}
		if err != nil || time.Now().After(deadline) {
			s.Fatalf("the job is %+v, %v\n%s", job, err, s.local.Trace())
		}
	}
}

// TestTemplateAnswersAQuery is the first pattern: from the mutation to the answer, and
// the audit of both changes.
func TestTemplateAnswersAQuery(t *testing.T) {
	s := deployTemplate(t, server(t, func() string { return `{"claude_response":"42"}` }), "")
	out, err := s.local.Client().Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("SubmitQuery"), Payload: []byte(`{"arguments":{"query":"why?"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var created jobstore.Job[string, string]
	if err := json.Unmarshal(out.Payload, &created); err != nil || created.Status != jobstore.Pending {
		t.Fatalf("SubmitQuery returned %s, %v", out.Payload, err)
	}
	job := s.completed(created.ID)
	if job.Output != "42" || job.Attempt != 1 {
		t.Errorf("the job is %+v", job)
	}
	if kept := job.ExpiresAt.Sub(job.CreatedAt).Round(time.Minute); kept != driver.DefaultRetention {
		t.Errorf("the job is kept for %v", kept)
	}
	s.audited(2)
}

// TestTemplateSweeps a job whose trigger was lost: the mapping is not there.
func TestTemplateSweeps(t *testing.T) {
	s := deployTemplate(t, server(t, func() string { return `{"claude_response":"42"}` }), "", "ProcessQueryJob.Stream")
	jobs := s.jobs(func(o *dynamostore.Options) { o.Index, o.PickUp = "sweep", time.Second })
	lost, err := jobs.Create(t.Context(), "why?")
	if err != nil {
		t.Fatal(err)
	}
	if job := s.completed(lost.ID); job.Output != "42" || job.Attempt != 1 {
		t.Errorf("the job is %+v", job)
	}
	if got := s.Queue("Unworked").Messages(); len(got) > 0 {
		t.Errorf("dead letters: %q", got)
	}
}

// TestTemplateIndex is the one that the store needs. Without claimableFrom in it, a sweep
// takes jobs that have waited for jobs whose events wait in Lambda's queue, and starts five.
func TestTemplateIndex(t *testing.T) {
	s := deployTemplate(t, "http://127.0.0.1:1", "")
	if _, err := dynamostore.CreateTable(t.Context(), s.client, s.Table("Jobs")+"-wanted", func(o *dynamostore.Options) { o.Index = "sweep" }); err != nil {
		t.Fatal(err)
	}
	got, want := s.index(s.Table("Jobs")), s.index(s.Table("Jobs")+"-wanted")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the index differs (-wanted +template):\n%s", diff)
	}
}

// index describes the table's index, by the name of each attribute.
func (s *stack) index(table string) map[string]string {
	s.Helper()
	out, err := s.client.DescribeTable(s.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil || len(out.Table.GlobalSecondaryIndexes) != 1 {
		s.Fatalf("the table %s has not one index, %v", table, err)
	}
	index, uses := out.Table.GlobalSecondaryIndexes[0], map[string]string{}
	uses["type"] = string(index.Projection.ProjectionType)
	for _, name := range index.Projection.NonKeyAttributes {
		uses[name] = "projected"
	}
	for _, key := range index.KeySchema {
		uses[*key.AttributeName] = string(key.KeyType)
	}
	return uses
}

// audited waits for the entries of the audit's table.
func (s *stack) audited(want int32) {
	s.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; <-time.After(20 * time.Millisecond) {
		out, err := s.client.Scan(s.Context(), &dynamodb.ScanInput{TableName: aws.String(s.Table("Audit"))})
		if err != nil {
			s.Fatal(err)
		}
		if out.Count == want {
			return
		}
		if out.Count > want || time.Now().After(deadline) {
			s.Fatalf("the audit has %d entries, want %d\n%s", out.Count, want, s.local.Trace())
		}
	}
}

// TestTemplateAnswersInSlack is the second pattern: from the message to the reply.
func TestTemplateAnswersInSlack(t *testing.T) {
	posted := make(chan string, 1)
	slack := server(t, func() string { return `{"ok":true}` }, func(body string) { posted <- body })
	s := deployTemplate(t, server(t, func() string { return `{"claude_response":"42"}` }), slack)
	front := httptest.NewServer(s.Function("SlackWebhook").URL())
	defer front.Close()
	message := `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"why?","channel":"C1","ts":"1.2"}}`
	if status := post(t, front.URL, message, sign(t, message)); status != http.StatusOK {
		t.Fatalf("the message got %d\n%s", status, s.local.Trace())
	}
	select {
	case got := <-posted:
		if want := `{"channel":"C1","text":"42","thread_ts":"1.2"}`; got != want {
			t.Errorf("posted %s, want %s", got, want)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("no reply\n%s", s.local.Trace())
	}
}
