package lambdalocal

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/source"
)

// StreamFailure is the record about discarded records that a mapping's on-failure
// destination gets. It marshals to the JSON document that AWS describes: the one for
// an S3 bucket or, without Payload, the one for an SQS queue or an SNS topic.
//
// In RequestContext, FunctionARN has no version, Condition is RetryAttemptsExhausted
// or RecordAgeExceeded, and ApproximateInvokeCount is how often the function ran with
// the records. ResponseContext is nil if it never ran.
//
// Each discarded batch makes one StreamFailure, even if it is a part of another.
// Lambda may join adjacent ones.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
type StreamFailure struct {
	RequestContext     RequestContext         `json:"requestContext"`
	ResponseContext    *StreamResponseContext `json:"responseContext,omitempty"`
	Version            string                 `json:"version"`   // "1.0"
	Timestamp          string                 `json:"timestamp"` // ISO 8601 with milliseconds
	DDBStreamBatchInfo StreamBatchInfo        `json:"DDBStreamBatchInfo"`
	Payload            string                 `json:"payload,omitempty"` // the event, as JSON
}

// StreamResponseContext says how the last attempt ended. FunctionError is Unhandled, or nil
// if the function returned a partial batch response. In JSON it is then null, not absent.
type StreamResponseContext struct {
	StatusCode      int     `json:"statusCode"`
	ExecutedVersion string  `json:"executedVersion"`
	FunctionError   *string `json:"functionError"`
}

// StreamBatchInfo says where in the stream the records are. The times are ISO 8601
// with seconds, and empty for records without a time.
type StreamBatchInfo struct {
	ShardID                         string `json:"shardId"`
	StartSequenceNumber             string `json:"startSequenceNumber"`
	EndSequenceNumber               string `json:"endSequenceNumber"`
	ApproximateArrivalOfFirstRecord string `json:"approximateArrivalOfFirstRecord,omitempty"`
	ApproximateArrivalOfLastRecord  string `json:"approximateArrivalOfLastRecord,omitempty"`
	BatchSize                       int    `json:"batchSize"`
	StreamARN                       string `json:"streamArn"` // the records' eventSourceARN
}

const (
	conditionStreamRetries = "RetryAttemptsExhausted"
	conditionStreamAge     = "RecordAgeExceeded"
)

// retention is how long a stream keeps a record.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
const retention = 24 * time.Hour

// expire removes the records that are too old.
func (b *batch) expire() {
	local, now := b.fn.local, time.Now()
	var aged, lost, rest []source.Record
	for _, r := range b.records {
		age := now.Sub(r.Created)
		switch limit := b.options.MaximumRecordAge; {
		case r.Created.IsZero():
			rest = append(rest, r)
		case limit >= 0 && age > local.scaled(limit):
			aged = append(aged, r)
		case age > local.scaled(retention):
			lost = append(lost, r)
		default:
			rest = append(rest, r)
		}
	}
	if len(aged) > 0 {
		b.discard(aged, conditionStreamAge)
	}
	if len(lost) > 0 {
		b.note("%d records have left the stream", len(lost))
		b.log("lambdalocal: records lost, the stream no longer has them", lost)
	}
	b.records = rest
}

// discard reports records that are not retried.
func (b *batch) discard(records []source.Record, condition string) {
	b.note("%d records discarded: %s", len(records), condition)
	if b.options.OnFailure == nil {
		b.log("lambdalocal: records discarded, "+condition, records)
		return
	}
	b.options.OnFailure(b.failure(records, condition))
}

func (b *batch) log(message string, records []source.Record) {
	b.fn.local.options.Logger.Error(message, "function", b.fn.name, "shard", b.shard, "records", len(records),
		"first", records[0].Sequence, "last", records[len(records)-1].Sequence, "error", b.err)
}

func (b *batch) failure(records []source.Record, condition string) StreamFailure {
	if b.requestID == "" {
		b.requestID = newUUID()
	}
	first, last := records[0], records[len(records)-1]
	f := StreamFailure{
		RequestContext: RequestContext{b.requestID, b.fn.ARN(), condition, b.attempts},
		Version:        "1.0", Timestamp: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		DDBStreamBatchInfo: StreamBatchInfo{
			b.shard, first.Sequence, last.Sequence, arrival(first), arrival(last), len(records), first.Stream,
		},
		Payload: string(source.Payload(records)),
	}
	if b.attempts > 0 {
		f.ResponseContext = &StreamResponseContext{StatusCode: http.StatusOK, ExecutedVersion: "$LATEST"}
		if b.result.err != nil {
			f.ResponseContext.FunctionError = aws.String(unhandled)
		}
	}
	return f
}

func arrival(r source.Record) string {
	if r.Created.IsZero() {
		return ""
	}
	return r.Created.UTC().Format(time.RFC3339)
}
