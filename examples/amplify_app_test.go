package examples_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// amplifyFunction is a function in the templates that Amplify synthesizes for
// examples/amplify.
type amplifyFunction struct {
	Runtime       string
	Architectures []string
	Build         []string      // settings of the program
	Timeout       time.Duration // s
	Environment   map[string]string
	Actions       []string // that its role may do
	Mappings      []amplifyMapping
	Schedules     []string
	Asynchronous  []struct {
		MaximumEventAgeInSeconds, MaximumRetryAttempts int
		OnFailure                                      string
	}
}

type amplifyMapping struct {
	BatchSize, MaximumRetryAttempts int
	BisectBatchOnFunctionError      bool
	FilterCriteria                  struct{ Filters []struct{ Pattern string } }
	FunctionResponseTypes           []string
	StartingPosition                lambdalocal.StartingPosition
	OnFailure                       string
}

func (m amplifyMapping) options(o *lambdalocal.MappingOptions) {
	o.BatchSize, o.MaximumRetryAttempts, o.StartingPosition = m.BatchSize, m.MaximumRetryAttempts, m.StartingPosition
	o.BisectBatchOnFunctionError = m.BisectBatchOnFunctionError
	o.ReportBatchItemFailures = slices.Equal(m.FunctionResponseTypes, []string{"ReportBatchItemFailures"})
	for _, f := range m.FilterCriteria.Filters {
		o.FilterCriteria = append(o.FilterCriteria, f.Pattern)
	}
}

func amplifyFunctions(t *testing.T) (all map[string]amplifyFunction) {
	t.Helper()
	data, err := os.ReadFile("../internal/appsynctest/simulator/generated/functions.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil || len(all) != 2 {
		t.Fatalf("%d functions, %v", len(all), err)
	}
	return all
}

// amplifyApp is the back end of examples/amplify: its programs, with what its templates give them and nothing
// else. A minute of Lambda's takes 1.2 s: with less, a slow machine starts ever more programs.
type amplifyApp struct {
	*appsynctest.API
	local *lambdalocal.Local
}

// deployAmplify starts the back end, without the triggers that are named.
func deployAmplify(t *testing.T, claude string, without ...string) *amplifyApp {
	t.Helper()
	app := &amplifyApp{API: appsynctest.Start(t), local: lambdalocal.New(func(o *lambdalocal.Options) {
		o.WaitScale, o.Logger = 0.02, slog.New(slog.NewTextHandler(t.Output(), nil))
	})}
	app.Clear(t)
	t.Cleanup(func() { _ = app.local.Close() }) // events of the schedule may wait
	programs := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", programs, "./amplify/amplify/functions/...")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, f := range amplifyFunctions(t) {
		fn := app.add(t, filepath.Join(programs, name), f, map[string]string{"APPSYNC_URL": app.URL, "CLAUDE_URL": claude})
		for _, m := range f.Mappings {
			if slices.Contains(without, "stream") {
				continue
			}
			if err := fn.MapStream(modelStream(t, app.API), m.options); err != nil {
				t.Fatal(err)
			}
		}
		for _, rate := range f.Schedules {
			if rate != "rate(1 minute)" {
				t.Fatalf("the schedule is %s", rate)
			}
			if err := fn.Schedule(time.Minute); err != nil {
				t.Fatal(err)
			}
		}
	}
	app.SubmitQuery(func(ctx context.Context, event []byte) ([]byte, error) {
		out, err := app.local.Client().Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("submit-query"), Payload: event})
		if err == nil && out.FunctionError != nil {
			err = errors.New(string(out.Payload))
		}
		if err != nil {
			return nil, err
		}
		return out.Payload, nil
	})
	return app
}

// add adds a program. The addresses in its environment are those of here.
func (a *amplifyApp) add(t *testing.T, program string, f amplifyFunction, here map[string]string) *lambdalocal.Function {
	t.Helper()
	keys, err := a.Processor().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"AWS_REGION=" + a.Region, "AWS_ACCESS_KEY_ID=" + keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + keys.SecretAccessKey} // as Lambda does
	for name, value := range f.Environment {
		env = append(env, name+"="+cmp.Or(here[name], value))
	}
	fn, err := a.local.AddFunction(filepath.Base(program), &lambdalocal.Executable{Path: program, Env: env, Output: t.Output()}, func(o *lambdalocal.FunctionOptions) {
		o.Timeout = f.Timeout * time.Second
	})
	if err != nil {
		t.Fatal(err)
	}
	return fn
}

// modelStream returns the stream of the model's table.
func modelStream(t *testing.T, api *appsynctest.API) lambdalocal.Stream {
	t.Helper()
	table, err := api.DynamoDB().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &api.Table})
	if err != nil {
		t.Fatal(err)
	}
	client := dynamodbstreams.New(dynamodbstreams.Options{
		Region: api.Region, BaseEndpoint: &api.Endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	return lambdalocal.DynamoDBStream(client, *table.Table.LatestStreamArn)
}

// watch returns the changes of the user's jobs. The user sees no others.
func (a *amplifyApp) watch(t *testing.T, user string) <-chan appsynctest.Event {
	t.Helper()
	changes, err := a.SubscribeAs(t, a.User(user), `subscription { onUpdateQueryJob { id status progress response error } }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// submit asks a question and returns the job's ID.
func (a *amplifyApp) submit(t *testing.T, user, question string) string {
	t.Helper()
	answer := a.QueryAs(t, a.User(user), `mutation ($q: String!) { submitQuery(query: $q, metadata: "{\"session\":\"s\"}") { id query status metadata } }`, map[string]any{"q": question})
	var submitted struct {
		Data struct {
			SubmitQuery struct{ ID, Query, Status, Metadata string }
		}
	}
	job := &submitted.Data.SubmitQuery
	if err := json.Unmarshal(answer, &submitted); err != nil || job.Status != "pending" || job.Query != question || job.Metadata != `{"session":"s"}` {
		t.Fatalf("submitQuery answered %s, %v", answer, err)
	}
	return job.ID
}

// sees waits for the changes of the job, in order. A mutation that is repeated, since its answer was
// late, repeats its event.
func (a *amplifyApp) sees(t *testing.T, changes <-chan appsynctest.Event, id string, wants ...string) {
	t.Helper()
	got, late := "", time.After(time.Minute)
	for _, want := range wants {
		want = fmt.Sprintf(`{"onUpdateQueryJob":{"id":%q,%s}}`, id, want)
		for repeated := true; repeated; {
			select {
			case e := <-changes:
				repeated, got = string(e.Data) == got && got != want, string(e.Data)
			case <-late:
				t.Fatalf("no event %s\n%s", want, a.local.Trace())
			}
		}
		if got != want {
			t.Errorf("the subscriber got %s, want %s", got, want)
		}
	}
}
