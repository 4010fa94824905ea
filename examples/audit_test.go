package examples_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/audit"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

const auditTable = "examples-audit"

// TestAuditTrail runs a job. The trail is the same when each change is delivered once
// and when each is delivered twice.
func TestAuditTrail(t *testing.T) {
	for name, times := range map[string]int{"delivered once": 1, "delivered twice": 2} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, func(o *lambdalocal.Options) { o.Faults.Duplicate = float64(times - 1) })
			d.createAuditTable()
			jobs, err := dynamostore.New[string, string](d.client, table)
			if err != nil {
				t.Fatal(err)
			}
			d.mapped("auditqueryjob", audit.Trail(d.client, auditTable), "AUDIT_TABLE="+auditTable)
			job, err := jobs.Create(t.Context(), "why?")
			if err != nil {
				t.Fatal(err)
			}
			if err := jobstore.Run(t.Context(), jobs, job.ID, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
				return "42", jobstore.Report(ctx, 50, "half of it")
			}); err != nil {
				t.Fatal(err)
			}
			d.settled(job.ID, times)
			want := "pending→processing, processing→complete"
			if got := strings.Join(d.trail(job.ID), ", "); got != want {
				t.Errorf("the trail is %s, want %s\n%s", got, want, d.local.Trace())
			}
		})
	}
}

func (d *deployment) createAuditTable() {
	d.Helper()
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: kind}
	}
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS}
	}
	_, err := d.client.CreateTable(d.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(auditTable), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("id"), text("sequence")},
		KeySchema:            []types.KeySchemaElement{key("id", types.KeyTypeHash), key("sequence", types.KeyTypeRange)},
	})
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() {
		_, _ = d.client.DeleteTable(context.WithoutCancel(d.Context()), &dynamodb.DeleteTableInput{TableName: aws.String(auditTable)})
	})
	wait := dynamodb.NewTableExistsWaiter(d.client, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 100 * time.Millisecond })
	if err := wait.Wait(d.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(auditTable)}, time.Minute); err != nil {
		d.Fatal(err)
	}
}

// mapped maps a program to the stream as the template does.
func (d *deployment) mapped(name string, dispatcher interface{ FilterCriteria() string }, env ...string) {
	d.Helper()
	patterns, err := lambdalocal.FilterCriteria(dispatcher.FilterCriteria())
	if err != nil {
		d.Fatal(err)
	}
	fn := d.function(name, env...)
	err = fn.MapStream(d.stream, func(o *lambdalocal.MappingOptions) {
		o.BatchSize, o.MaximumRetryAttempts = 100, 10
		o.ReportBatchItemFailures, o.BisectBatchOnFunctionError, o.FilterCriteria = true, true, patterns
	})
	if err != nil {
		d.Fatal(err)
	}
}

// trail returns the audit items of a job, in the stream's order.
func (d *deployment) trail(id string) (changes []string) {
	d.Helper()
	out, err := d.client.Query(d.Context(), &dynamodb.QueryInput{
		TableName: aws.String(auditTable), ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("id = :id"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		d.Fatal(err)
	}
	for _, item := range out.Items {
		var change struct{ From, To, Time string }
		if err := attributevalue.UnmarshalMap(item, &change); err != nil {
			d.Fatal(err)
		}
		if _, err := time.Parse(time.RFC3339, change.Time); err != nil {
			d.Error(err)
		}
		changes = append(changes, change.From+"→"+change.To)
	}
	return changes
}

// settled waits until the job's last change is in the trail and each batch has been
// delivered that many times.
func (d *deployment) settled(id string, times int) {
	d.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; <-time.After(20 * time.Millisecond) {
		written := strings.HasSuffix(strings.Join(d.trail(id), ""), "→complete")
		trace := d.local.Trace()
		if written && strings.Count(trace, "returned after") == times*strings.Count(trace, "batch of") {
			return
		}
		if time.Now().After(deadline) {
			d.Fatalf("the trail is %q\n%s", d.trail(id), trace)
		}
	}
}
