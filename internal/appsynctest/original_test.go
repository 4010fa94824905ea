//go:build amplify

package appsynctest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/asyncpatterns/asyncpatterns/internal/child"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// invoke is a lambda.Handler.
type invoke func(ctx context.Context, event []byte) ([]byte, error)

func (f invoke) Invoke(ctx context.Context, event []byte) ([]byte, error) { return f(ctx, event) }

// original is the back end of the document that the library grew from: its model, and its own handlers in
// TypeScript, see examples/amplify/seed.
type original struct {
	*API
	submit, process invoke
	claude          *atomic.Pointer[deployment] // which answers for the service
}

// deployment is the original with a store of ours beside it.
type deployment struct {
	*testing.T
	original
	store *appsyncstore.Store[string, string]
	local *lambdalocal.Local

	mu     sync.Mutex
	ahead  time.Duration // of the store's clock
	answer http.HandlerFunc
	asked  int
}

// models are the original's own, and that of docs/migration.md with the fields added.
var models = map[string]func(*appsyncstore.Options){
	"seed":      appsyncstore.Minimal,
	"migrating": func(*appsyncstore.Options) {},
}

var originals = map[string]original{} // shared by the tests, which run one after another

func deploy(t *testing.T, model string) *deployment {
	t.Helper()
	if _, ok := originals[model]; !ok {
		originals[model] = startOriginal(t, model)
	}
	d := &deployment{T: t, original: originals[model], answer: answers(`{"claude_response":"42"}`)}
	d.claude.Store(d)
	d.SubmitQuery(d.submit)
	var err error
	d.store, err = appsyncstore.New[string, string](d.URL, "QueryJob", appsyncstore.IAM(aws.Config{Region: d.Region, Credentials: d.Processor()}),
		models[model], func(o *appsyncstore.Options) { o.Now = d.now })
	if err != nil {
		t.Fatal(err)
	}
	d.local = lambdalocal.New(func(o *lambdalocal.Options) {
		o.WaitScale, o.Logger = 0.001, slog.New(slog.NewTextHandler(t.Output(), nil))
	})
	t.Cleanup(func() { d.local.Close() })
	return d
}

func (d *deployment) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.ahead)
}

func (d *deployment) passes(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ahead += t
}

// answers is the service that the handlers ask.
func answers(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

func (d *deployment) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.asked++
	answer := d.answer
	d.mu.Unlock()
	answer(w, r)
}

func (d *deployment) times() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

// startOriginal runs the original's functions under Node.js.
func startOriginal(t *testing.T, model string) original {
	t.Helper()
	o := original{API: StartVariant(t, model, "id"), claude: new(atomic.Pointer[deployment])}
	claude := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.claude.Load().ServeHTTP(w, r) }))
	dir, err := find("examples/amplify")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--import", "tsx", "seed/run.ts")
	cmd.Dir = dir
	cmd.Env = append(
		cmd.Environ(), "APPSYNC_URL="+o.URL, "AWS_REGION="+o.Region, "CLAUDE_URL="+claude.URL, "INTROSPECTION="+introspection(t, model),
		"AWS_ACCESS_KEY_ID=AKIAPROCESSOR", "AWS_SECRET_ACCESS_KEY="+accessKeys["AKIAPROCESSOR"].Secret,
	)
	log := &tail{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := child.Start(cmd); err != nil {
		t.Fatal(err)
	}
	var at struct{ URL string }
	if line, err := bufio.NewReader(out).ReadBytes('\n'); err != nil || json.Unmarshal(line, &at) != nil {
		t.Fatalf("the original said %q, %v\n%s", line, err, log)
	}
	o.submit, o.process = post(at.URL+"/submit-query"), post(at.URL+"/process-query-job")
	return o
}

// introspection is a file with the description of a variant's model.
func introspection(t *testing.T, model string) string {
	t.Helper()
	dir, err := find("internal/appsynctest/simulator")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "variants.json"))
	var all struct {
		Variants map[string]map[string]int
		Files    []string
	}
	if err := errors.Join(err, json.Unmarshal(data, &all)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "introspection.json")
	if err := os.WriteFile(file, []byte(all.Files[all.Variants[model]["introspection.json"]]), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func post(url string) invoke {
	return func(ctx context.Context, event []byte) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(event))
		if err != nil {
			return nil, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("the original failed: %s", body)
		}
		return body, err
	}
}

// nothing comes before or after a job.
func nothing() {}

// mapOriginal gives the original's processor its mapping, with the document's options, and has something
// come before and after each job.
func (d *deployment) mapOriginal(before, after func()) {
	d.Helper()
	process := invoke(func(ctx context.Context, event []byte) ([]byte, error) {
		if bytes.Contains(event, []byte(`"INSERT"`)) {
			before()
			defer after()
		}
		return d.process(ctx, event)
	})
	d.mapStream("original", process, func(o *lambdalocal.MappingOptions) {
		o.BatchSize, o.MaximumRetryAttempts, o.StartingPosition = 1, 2, lambdalocal.Latest
	})
}

// mapGo gives a processor of ours a mapping.
func (d *deployment) mapGo(handler jobstore.Handler[string, string]) {
	d.Helper()
	d.mapStream("go", d.goes(handler), goMapping)
}

func goMapping(o *lambdalocal.MappingOptions) {
	o.BatchSize, o.ReportBatchItemFailures, o.StartingPosition = 1, true, lambdalocal.Latest // the jobs of this test
}

// goes is a processor of ours.
func (d *deployment) goes(handler jobstore.Handler[string, string]) lambda.Handler {
	return jobstream.New(d.store, handler, func(o *jobstream.Options) {
		o.Logger = slog.New(slog.NewTextHandler(d.Output(), nil))
		o.Run = func(r *jobstore.RunOptions) { r.Now = d.now }
	})
}

func (d *deployment) mapStream(name string, handler lambda.Handler, opt func(*lambdalocal.MappingOptions)) {
	d.Helper()
	table, err := d.DynamoDB().DescribeTable(d.Context(), &dynamodb.DescribeTableInput{TableName: &d.Table})
	if err != nil {
		d.Fatal(err)
	}
	client := dynamodbstreams.New(dynamodbstreams.Options{Region: d.Region, BaseEndpoint: &d.Endpoint, Credentials: d.Processor()})
	function, err := d.local.AddFunction(name, handler, func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	if err != nil {
		d.Fatal(err)
	}
	if err := function.MapStream(lambdalocal.DynamoDBStream(client, *table.Table.LatestStreamArn), opt); err != nil {
		d.Fatal(err)
	}
}

// submits sends the original front end's mutation, and returns what it answers.
func (d *deployment) submits(user string) (job object) {
	d.Helper()
	raw := d.QueryAs(d, d.User(user), `mutation ($metadata: AWSJSON) { submitQuery(query: "why?", metadata: $metadata) { id query status metadata createdAt } }`,
		object{"metadata": `{"sessionId":"user-123"}`})
	var answer struct {
		Data struct{ SubmitQuery object }
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Data.SubmitQuery == nil {
		d.Fatalf("submitQuery answered %s, %v", raw, err)
	}
	return answer.Data.SubmitQuery
}

// reads returns the record as the API shows it to a user.
func (d *deployment) reads(id string) (job object) {
	d.Helper()
	raw := d.QueryAs(d, d.User("user"), `query ($id: ID!) { getQueryJob(id: $id) { query status response error metadata } }`, object{"id": id})
	var answer struct {
		Data struct{ GetQueryJob object }
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Data.GetQueryJob == nil {
		d.Fatalf("getQueryJob answered %s, %v", raw, err)
	}
	return answer.Data.GetQueryJob
}

// until waits for what a mapping does.
func (d *deployment) until(what string, done func() bool) {
	d.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); {
		if time.Now().After(deadline) {
			d.Fatalf("not %s\n%s", what, d.local.Trace())
		}
		<-time.After(10 * time.Millisecond)
	}
}

// ends waits for a job's end.
func (d *deployment) ends(id string) *jobstore.Job[string, string] {
	d.Helper()
	var job *jobstore.Job[string, string]
	d.until("ended", func() (ended bool) {
		var err error
		if job, err = d.store.Get(d.Context(), id); err != nil {
			d.Fatal(err)
		}
		return job.Status == jobstore.Complete || job.Status == jobstore.Failed
	})
	return job
}
