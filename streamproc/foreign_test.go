package streamproc_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// foreign are the events that a wrong mapping, a wrong trigger or a direct invoke brings.
// The words secret and hush-hush are content.
var foreign = map[string]struct{ payload, want string }{
	"SQS":                        {`{"Records":[{"messageId":"1","body":"secret","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:1:q"}]}`, "record 0 is of aws:sqs"},
	"Kinesis":                    {`{"Records":[{"kinesis":{"data":"c2VjcmV0"},"eventSource":"aws:kinesis","eventName":"aws:kinesis:record"}]}`, "record 0 is of aws:kinesis"},
	"SNS":                        {`{"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","Sns":{"Message":"secret"}}]}`, "record 0 is of aws:sns"},
	"S3":                         {`{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"object":{"key":"secret"}}}]}`, "record 0 is of aws:s3"},
	"SES":                        {`{"Records":[{"eventSource":"aws:ses","ses":{}}]}`, "record 0 is of aws:ses"},
	"MSK":                        {`{"eventSource":"aws:kafka","records":{"t-0":[{"value":"c2VjcmV0"}]}}`, "it is of aws:kafka"},
	"Kafka":                      {`{"eventSource":"SelfManagedKafka","records":{"t-0":[]}}`, "it is of SelfManagedKafka"},
	"MQ":                         {`{"eventSource":"aws:mq","messages":[{"data":"c2VjcmV0"}]}`, "it is of aws:mq"},
	"DocumentDB":                 {`{"eventSource":"aws:docdb","events":[]}`, "it is of aws:docdb"},
	"EventBridge":                {`{"version":"0","source":"aws.events","detail-type":"Scheduled Event","detail":{}}`, "it has no Records"},
	"a function URL":             {`{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":"secret"}`, "it has no Records"},
	"a REST API":                 {`{"httpMethod":"POST","path":"/","body":"secret"}`, "it has no Records"},
	"an envelope of selfinvoke":  {`{"asyncpatterns":{"version":1,"task":"secret","payload":{}}}`, "it has no Records"},
	"an envelope beside records": {`{"asyncpatterns":{"version":1},"Records":[]}`, "it has no Records"},
	"a direct invoke":            {`{"id":"secret"}`, "it has no Records"},
	"text":                       {`"secret"`, "it is not a JSON object"},
	"nothing":                    {``, "it is not a JSON object"},
	"null":                       {`null`, "it is not a JSON object"},
	"a list":                     {`[]`, "it is not a JSON object"},
	"an empty object":            {`{}`, "it has no Records"},
	"null records":               {`{"Records":null}`, "Records is not an array"},
	"an object of records":       {`{"Records":{}}`, "Records is not an array"},
	"no records":                 {`{"Records":[]}`, "it has no Records"},
	"other names":                {`{"records":[` + pending("1") + `]}`, "it has no Records"},
	"cut off":                    {`{"Records":[`, "Records is not an array"},
	"more behind it":             {`{"Records":[` + pending("1") + `]}x`, "it is not a JSON object"},
	"a comma too many":           {`{"Records":[` + pending("1") + `,]}`, "record 0 is malformed"},
	"a null record":              {`{"Records":[null]}`, "record 0 is malformed"},
	"a record of nothing":        {`{"Records":[{}]}`, "record 0 has no eventSource"},
	"no source":                  {`{"Records":[{"eventName":"INSERT","dynamodb":{}}]}`, "record 0 has no eventSource"},
	"a source in another case":   {`{"Records":[{"EventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"a source like it":           {`{"Records":[{"eventSource":"AWS:DynamoDB","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"records of DocumentDB":      {`{"Records":[{"eventSource":"aws:docdb","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of aws:docdb"},
	"a part of a source":         {`{"Records":[{"eventSource":"aws:dynamo","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"a longer source":            {`{"Records":[{"eventSource":"aws:dynamodb2","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"another partition's source": {`{"Records":[{"eventSource":"aws-cn:dynamodb","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"a null source":              {`{"Records":[{"eventSource":null,"eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"a number for a source":      {`{"Records":[{"eventSource":0,"eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"an unknown source":          {`{"Records":[{"eventSource":"aws:secret","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of another service"},
	"the last source counts":     {`{"Records":[{"eventSource":"aws:dynamodb","eventSource":"aws:sqs","eventName":"INSERT","dynamodb":{}}]}`, "record 0 is of aws:sqs"},
	"no name":                    {`{"Records":[{"eventSource":"aws:dynamodb","dynamodb":{}}]}`, "the eventName of record 0 is not INSERT, MODIFY or REMOVE"},
	"a name in another case":     {strings.Replace(string(batch(pending("1"))), "INSERT", "insert", 1), "the eventName of record 0"},
	"another name":               {strings.Replace(string(batch(pending("1"))), "INSERT", "TRUNCATE", 1), "the eventName of record 0"},
	"no change":                  {`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT"}]}`, "record 0 has no dynamodb"},
	"a null change":              {`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":null}]}`, "record 0 is malformed"},
	"a mix":                      {string(batch(pending("1"), pending("2"), `{"messageId":"3","eventSource":"aws:sqs","body":"hush-hush"}`)), "record 2 is of aws:sqs"},
}

// TestForeignEvents: none is handled, also not the records of DynamoDB before a foreign one.
func TestForeignEvents(t *testing.T) {
	for name, tt := range foreign {
		for _, concurrency := range []int{1, 4} {
			handled := false
			d := streamproc.New(func(context.Context, streamproc.Record[any]) error { handled = true; return nil }, quiet,
				func(o *streamproc.Options) { o.Filter, o.Concurrency = everyRecord, concurrency })
			out, err := d.Invoke(t.Context(), []byte(tt.payload))
			isForeign(t, name, tt.want, out, err)
			if handled {
				t.Errorf("%s: a record was handled", name)
			}
		}
	}
}

func isForeign(t *testing.T, name, want string, out []byte, err error) {
	t.Helper()
	var e *streamproc.EventError
	switch {
	case !errors.As(err, &e) || !strings.HasPrefix(e.Reason, want):
		t.Errorf("%s: got %v, want %s", name, err, want)
	case strings.Contains(err.Error(), "secret"), strings.Contains(err.Error(), "hush-hush"):
		t.Errorf("%s: the error has content: %v", name, err)
	}
	if out != nil {
		t.Errorf("%s: answered %s", name, out)
	}
}

// TestForeignEventsAlreadyDecoded is Dispatch.
func TestForeignEventsAlreadyDecoded(t *testing.T) {
	d := streamproc.New(func(context.Context, streamproc.Record[any]) error { return nil }, quiet)
	for _, e := range []events.DynamoDBEvent{{}, {Records: []events.DynamoDBEventRecord{{EventSource: "aws:sqs"}}}} {
		_, err := d.Dispatch(t.Context(), e)
		var foreign *streamproc.EventError
		if !errors.As(err, &foreign) {
			t.Errorf("got %v, want an *EventError", err)
		}
	}
}
