// Package audit records each change of a job's status as an item of an audit table.
package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// Client is what [Trail] needs of *dynamodb.Client.
type Client interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// Job is the part of a job that the trail reads.
type Job struct {
	ID     string `dynamodbav:"id"`
	Status string `dynamodbav:"status"`
}

// Trail appends each change of a job's status to table, whose key is id and
// sequence. A record that is delivered again appends nothing: each change has a
// sequence number of its own, and the write requires that no such item exists.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func Trail(client Client, table string) *streamproc.Dispatcher {
	return streamproc.New(func(ctx context.Context, r streamproc.Record[Job]) error {
		_, err := client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName:           &table,
			Item:                item(r),
			ConditionExpression: aws.String("attribute_not_exists(id)"),
		})
		var written *types.ConditionalCheckFailedException
		if err != nil && !errors.As(err, &written) {
			return fmt.Errorf("append to the trail of job %q: %w", r.New.ID, err)
		}
		return nil
	}, func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") })
}

func item(r streamproc.Record[Job]) map[string]types.AttributeValue {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	return map[string]types.AttributeValue{
		"id":       text(r.New.ID),
		"sequence": text(padded(r.SequenceNumber)),
		"from":     text(r.Old.Status),
		"to":       text(r.New.Status),
		"time":     text(r.Time.Format(time.RFC3339)),
	}
}

// padded makes the sort key follow the stream's order. A sequence number has up to 40
// digits, more than a number attribute can hold.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
func padded(sequence string) string {
	return strings.Repeat("0", max(0, 40-len(sequence))) + sequence
}
