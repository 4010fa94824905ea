package examples_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
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

// TestAmplifyQueryJob runs all of pattern 1 with an Amplify front end: a mutation whose
// function creates the job, the table's stream, and a subscription that sees each
// change in order.
func TestAmplifyQueryJob(t *testing.T) {
	d, api := deploy(t), appsynctest.Start(t)
	d.env = nil // the programs get what Amplify and Lambda give them
	keys, err := api.Processor().Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lambdas := []string{ // what Lambda itself sets
		"AWS_REGION=" + api.Region, "AWS_ACCESS_KEY_ID=" + keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + keys.SecretAccessKey,
	}
	here := map[string]string{"APPSYNC_URL": api.URL, "CLAUDE_URL": server(t, func() string { return `{"claude_response":"42"}` })}
	d.function("submitquery", append(amplifyEnv(t, "submitquery", here), lambdas...)...)
	api.SubmitQuery(func(ctx context.Context, event []byte) ([]byte, error) {
		out, err := d.local.Client().Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("submitquery"), Payload: event})
		if err == nil && out.FunctionError != nil {
			err = errors.New(string(out.Payload))
		}
		if err != nil {
			return nil, err
		}
		return out.Payload, nil
	})
	user := api.User("asker") // sees no events of other users
	changes, err := api.SubscribeAs(t, user, `subscription { onUpdateQueryJob { id status progress response } }`, nil)
	if err != nil {
		t.Fatal(err)
	}

	process := d.function("processqueryjob", append(amplifyEnv(t, "processqueryjob", here), lambdas...)...)
	if err := process.MapStream(modelStream(t, api), func(o *lambdalocal.MappingOptions) { o.BatchSize, o.ReportBatchItemFailures = 1, true }); err != nil {
		t.Fatal(err)
	}
	answer := api.QueryAs(t, user, `mutation { submitQuery(query: "why?", metadata: "{\"session\":\"s\"}") { id query status metadata } }`, nil)
	var submitted struct {
		Data struct {
			SubmitQuery struct{ ID, Query, Status, Metadata string }
		}
	}
	job := &submitted.Data.SubmitQuery
	if err := json.Unmarshal(answer, &submitted); err != nil || job.Status != "pending" || job.Query != "why?" || job.Metadata != `{"session":"s"}` {
		t.Fatalf("submitQuery answered %s, %v", answer, err)
	}
	for _, want := range []string{`"processing","progress":null,"response":null`, `"processing","progress":10,"response":null`, `"complete","progress":10,"response":"42"`} {
		want = fmt.Sprintf(`{"onUpdateQueryJob":{"id":%q,"status":%s}}`, job.ID, want)
		select {
		case e := <-changes:
			if string(e.Data) != want {
				t.Errorf("the subscriber got %s, want %s", e.Data, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("no event %s\n%s", want, d.local.Trace())
		}
	}
}

// amplifyEnv returns the variables that Amplify's back end gives to a program, and no others.
// The addresses are those of here.
func amplifyEnv(t *testing.T, program string, here map[string]string) (env []string) {
	t.Helper()
	data, err := os.ReadFile("../internal/appsynctest/simulator/generated/environment.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]string
	if err := json.Unmarshal(data, &all); err != nil || all[program] == nil {
		t.Fatalf("no environment of %s, %v", program, err)
	}
	for name, value := range all[program] {
		env = append(env, name+"="+cmp.Or(here[name], value))
	}
	return env
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
