// Package examples_test runs the built Lambda functions under Lambda's Runtime API,
// with a real table and its stream.
package examples_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

const (
	table  = "examples-functions"
	secret = webhooktest.SlackSecret
)

// deployment is the programs and the services that they call.
type deployment struct {
	*testing.T
	local  *lambdalocal.Local
	dir    string
	env    []string
	client *dynamodb.Client
	stream lambdalocal.Stream
}

func deploy(t *testing.T, opts ...func(*lambdalocal.Options)) *deployment {
	d := &deployment{T: t, dir: t.TempDir()}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", d.dir, "./submitquery", "./processqueryjob", "./auditqueryjob", "./publishqueryjob", "./publishevents", "./slackwebhook")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	endpoint := dynamotest.Endpoint(t)
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	d.client = dynamodb.NewFromConfig(cfg)
	streamARN, err := dynamostore.CreateTable(t.Context(), d.client, table)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = d.client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: aws.String(table)})
	})
	d.stream = lambdalocal.DynamoDBStream(dynamodbstreams.NewFromConfig(cfg), streamARN)
	d.local = lambdalocal.New(append(opts, func(o *lambdalocal.Options) {
		o.WaitScale, o.Logger = 0.001, slog.New(slog.NewTextHandler(t.Output(), nil))
	})...)
	t.Cleanup(func() { d.local.Close() })
	d.env = []string{"TABLE=" + table, "MESSAGES=" + table, "AWS_ENDPOINT_URL_DYNAMODB=" + endpoint, "SLACK_SIGNING_SECRET=" + secret, "SLACK_BOT_TOKEN=xoxb"}
	return d
}

// function adds a program by its name.
func (d *deployment) function(name string, env ...string) *lambdalocal.Function {
	d.Helper()
	return d.functionOf(name, name, env...)
}

func (d *deployment) functionOf(file, name string, env ...string) *lambdalocal.Function {
	d.Helper()
	program := &lambdalocal.Executable{Path: filepath.Join(d.dir, file), Env: append(env, d.env...), Output: d.Output()}
	fn, err := d.local.AddFunction(name, program, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	if err != nil {
		d.Fatal(err)
	}
	return fn
}

// TestQueryJob submits a question, which the stream's function answers.
func TestQueryJob(t *testing.T) {
	d := deploy(t)
	claude := server(t, func() string { return `{"claude_response":"42"}` })
	d.function("submitquery")
	process := d.function("processqueryjob", "CLAUDE_URL="+claude)
	if err := process.MapStream(d.stream, func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ReportBatchItemFailures = 1, true }); err != nil {
		t.Fatal(err)
	}
	out, err := d.local.Client().Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("submitquery"), Payload: []byte(`{"arguments":{"query":"why?"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var job jobstore.Job[string, string]
	if err := json.Unmarshal(out.Payload, &job); err != nil || job.Status != jobstore.Pending {
		t.Fatalf("submitquery returned %s, %v", out.Payload, err)
	}
	jobs, err := dynamostore.New[string, string](d.client, table)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); job.Status != jobstore.Complete; <-time.After(20 * time.Millisecond) {
		now, err := jobs.Get(t.Context(), job.ID)
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the job is %+v, %v\n%s", now, err, d.local.Trace())
		}
		job = *now
	}
	if job.Output != "42" || job.Attempt != 1 {
		t.Errorf("the job is %+v", job)
	}
}

// TestSlackMessage has the model fail twice. The job waits and is tried again.
func TestSlackMessage(t *testing.T) {
	d := deploy(t)
	var asked atomic.Int32
	claude := server(t, func() string {
		if asked.Add(1) < 3 {
			return `{}` // no answer
		}
		return `{"claude_response":"42"}`
	})
	posted := make(chan string, 1)
	slack := server(t, func() string { return `{"ok":true}` }, func(body string) { posted <- body })
	d.functionOf("slackwebhook", "slackanswer", "CLAUDE_URL="+claude, "SLACK_API_URL="+slack)
	bot := d.function("slackwebhook", "WORK_FUNCTION=slackanswer")

	front := httptest.NewServer(bot.URL())
	defer front.Close()
	message := `{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","text":"why?","channel":"C1","ts":"1.2"}}`
	if status := post(t, front.URL, message, func(*http.Request) {}); status != http.StatusUnauthorized {
		t.Errorf("an unsigned message got %d", status)
	}
	if status := post(t, front.URL, message, sign(t, message)); status != http.StatusOK {
		t.Fatalf("a signed message got %d\n%s", status, d.local.Trace())
	}
	select {
	case got := <-posted:
		if want := `{"channel":"C1","text":"42","thread_ts":"1.2"}`; got != want || asked.Load() != 3 {
			t.Errorf("posted %s after %d questions, want %s after 3", got, asked.Load(), want)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("no reply\n%s", d.local.Trace())
	}
}

// server responds to each request after it passed the body to look.
func server(t *testing.T, answer func() string, look ...func(body string)) (url string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for _, f := range look {
			f(string(body))
		}
		fmt.Fprint(w, answer())
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func sign(t *testing.T, body string) func(*http.Request) {
	slack, err := webhook.NewSlack(secret)
	if err != nil {
		t.Fatal(err)
	}
	return func(r *http.Request) {
		if err := slack.Sign(r.Header, time.Now(), []byte(body)); err != nil {
			t.Error(err)
		}
	}
}

func post(t *testing.T, url, body string, change func(*http.Request)) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	change(req)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
