package jobstream_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestMappingOfAJobThatDoesNotDecode has a table's real stream bring a job whose
// input is of another type, and one behind it: the first is settled as error, and
// the mapping, which retries forever, gets to the second.
func TestMappingOfAJobThatDoesNotDecode(t *testing.T) {
	endpoint, table := dynamotest.Endpoint(t), "jobstream-"+jobstore.NewID()
	cfg := aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	client := dynamodb.NewFromConfig(cfg)
	arn, err := dynamostore.CreateTable(t.Context(), client, table)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: &table})
	})
	store, err := dynamostore.New[int, string](client, table)
	if err != nil {
		t.Fatal(err)
	}
	pendingJob := func(id string, input types.AttributeValue) {
		item := map[string]types.AttributeValue{"id": text(id), "status": text("pending"), "input": input}
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
			t.Fatal(err)
		}
	}
	pendingJob("bad", text("not a number"))
	pendingJob("good", &types.AttributeValueMemberN{Value: "7"})

	var invocations atomic.Int32
	d := jobstream.New(store, func(_ context.Context, job *jobstore.Job[int, string]) (string, error) {
		if job.ID != "good" || job.Input != 7 {
			t.Errorf("the handler got %+v", job)
		}
		return "out", nil
	}, func(o *jobstream.Options) {
		o.Logger = slog.New(slog.DiscardHandler)
	})
	local := lambdalocal.New(func(o *lambdalocal.Options) { o.WaitScale, o.Logger = 0.001, slog.New(slog.DiscardHandler) })
	t.Cleanup(func() { local.Close() })
	fn, err := local.AddFunction("f", counted(&invocations, d), func(o *lambdalocal.FunctionOptions) { o.Timeout = time.Minute })
	if err != nil {
		t.Fatal(err)
	}
	patterns, err := lambdalocal.FilterCriteria(d.FilterCriteria())
	if err != nil {
		t.Fatal(err)
	}
	stream := lambdalocal.DynamoDBStream(dynamodbstreams.NewFromConfig(cfg), arn)
	if err := fn.MapStream(stream, func(o *lambdalocal.MappingOptions) {
		o.BatchSize, o.ReportBatchItemFailures, o.FilterCriteria = 1, true, patterns
	}); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool {
		job, err := store.Get(t.Context(), "good")
		return err == nil && job.Status == jobstore.Complete
	})
	// On a slow machine an invocation may run into its timeout, of 60 ms here, and its record be delivered again.
	if got, n := attribute(t, client, table, "bad", "status"), invocations.Load(); got != "error" || n > 4 {
		t.Errorf("the job that does not decode is %q after %d invocations, want error after 2", got, n)
	}
}

func counted(n *atomic.Int32, d *streamproc.Dispatcher) any {
	return func(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
		n.Add(1)
		return d.Invoke(ctx, event)
	}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// attribute is a string attribute of an item.
func attribute(t *testing.T, client *dynamodb.Client, table, id, name string) string {
	t.Helper()
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: map[string]types.AttributeValue{"id": text(id)}})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := out.Item[name].(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

// await polls until ok.
func await(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within 30 s")
		}
	}
}
