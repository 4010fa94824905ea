package streamproc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

var seedPayloads = []string{
	``, `{`, `{"Records":`, `{"Records":[{"dynamodb":`, `{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"NewImage":{"id":{"S":"a"}`,
	`{"Records":[{"eventSource":"aws:dynamodb","eventName":"REMOVE","dynamodb":{"OldImage":{"id":{"S":"a"}},"Keys":{"id":{"S":"a"},"n":{"N":"1"}}}}]}`,
	`{"Records":[{"eventSource":"aws:dynamodb","eventName":"REMOVE","dynamodb":{},"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}}]}`,
	`{"Records":[{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"SequenceNumber":"2","NewImage":{"id":{"S":"a"}},"OldImage":null}}]}`,
	`{"Records":[{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"ApproximateCreationDateTime":1.5e9,"StreamViewType":"NEW_IMAGE"}},{"eventSource":"aws:sqs","dynamodb":{"NewImage":{}}}]}`,
	`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":{]}}]}`, `[[[[[[[[`, `{"Records":[[]]}`, `{"Records":[{}]} x`,
	"{\"a\":\"\\\\\\\"\",\"Records\":[],\"b\":{\"c\":[\"}\"]}}", "\xff\xfe", `{"Records":[{"dynamodb":{"Keys":{"a":`,
}

// checkPayload compares a whole event, and expects that no payload makes anything
// panic.
func checkPayload(t *testing.T, payload []byte) {
	noPanic(t, payload)
	want, ok := expected(payload)
	if !ok {
		return
	}
	got := []string{}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[map[string]any]) error {
		got = append(got, fmt.Sprint(r.Operation, r.SequenceNumber, r.New))
		return nil
	}, quiet, func(o *streamproc.Options) { o.Filter = everyRecord })
	_, err := d.Invoke(t.Context(), payload)
	var foreign *streamproc.EventError
	if !ofDynamoDB(payload) {
		if !errors.As(err, &foreign) {
			t.Fatalf("%q: got %v, want an *EventError", payload, err)
		}
		return
	}
	if err != nil || !slices.Equal(want, got) {
		t.Fatalf("%q: %v (-want +got):\n%s", payload, err, cmp.Diff(want, got))
	}
}

// lookers look at everything there is in a payload, one record at a time or three.
var lookers = []*looker{newLooker(1), newLooker(3)}

type looker struct {
	d   *streamproc.Dispatcher
	log *failures
}

func newLooker(concurrency int) *looker {
	l := &looker{log: &failures{}}
	look := func(r *streamproc.RawRecord) bool {
		for _, m := range []streamproc.Image{r.New(), r.Old(), r.Keys()} {
			_, _ = m.Values()
			_, _ = m.Is("id", "a"), m.String("status")
		}
		_, _, _, _ = r.Time(), r.Expired(), r.ViewType(), r.SequenceNumber()
		return true
	}
	l.d = streamproc.New(func(context.Context, streamproc.Record[everything]) error { return nil }, func(o *streamproc.Options) {
		o.Filter, o.Logger, o.Concurrency, o.Writes = streamproc.Where(look), slog.New(l.log), concurrency, []string{"x"}
	})
	return l
}

func noPanic(t *testing.T, payload []byte) {
	for _, l := range lookers {
		l.log.errs = nil
		_, _ = l.d.Invoke(t.Context(), payload)
		noPanicOf(t, payload, l.log.last())
	}
}

func noPanicOf(t *testing.T, input []byte, err error) {
	t.Helper()
	var p *streamproc.PanicError
	if errors.As(err, &p) {
		t.Fatalf("%q: %v, %v\n%s", input, err, p.Value, p.Stack)
	}
}

// expected is what the idiomatic way hands on of a payload that no two parsers
// should disagree about.
func expected(payload []byte) (handled []string, ok bool) {
	tree, ok := parseTree(payload)
	if !ok || tooDeep(payload) || bytes.Contains(payload, []byte(`\`)) || !canonical(tree) {
		return nil, false
	}
	var e events.DynamoDBEvent
	if json.Unmarshal(payload, &e) != nil {
		return nil, false
	}
	handled = []string{}
	for i, r := range e.Records {
		image, verdict := imageOf(tree, i)
		v := new(map[string]any)
		if r.EventName == "REMOVE" || image == nil || verdict != wellFormed || r.Change.SequenceNumber == "" || r.Change.Keys != nil ||
			r.Change.OldImage != nil || byUnmarshalers(image, v) != nil {
			return nil, false
		}
		handled = append(handled, fmt.Sprint(streamproc.Operation(r.EventName), r.Change.SequenceNumber, v))
	}
	return handled, true
}

// ofDynamoDB reports whether all records are of a DynamoDB stream.
func ofDynamoDB(payload []byte) bool {
	var e events.DynamoDBEvent
	_ = json.Unmarshal(payload, &e)
	for _, r := range e.Records {
		if r.EventSource != "aws:dynamodb" || !slices.Contains([]string{"INSERT", "MODIFY", "REMOVE"}, r.EventName) {
			return false
		}
	}
	return len(e.Records) > 0
}

func imageOf(tree any, i int) (map[string]types.AttributeValue, verdict) {
	record, _ := tree.(map[string]any)["Records"].([]any)[i].(map[string]any)
	change, _ := record["dynamodb"].(map[string]any)
	text, err := json.Marshal(change["NewImage"])
	if err != nil {
		return nil, undefined
	}
	return oracle(text)
}

// canonical reports whether the names that matter are spelled as Lambda does, and
// all that should be objects are.
func canonical(tree any) bool {
	event, ok := tree.(map[string]any)
	records, isList := event["Records"].([]any)
	if !ok || !isList {
		return false
	}
	for _, r := range records {
		record, ok := r.(map[string]any)
		change, isObject := record["dynamodb"].(map[string]any)
		if !ok || !isObject || !spelled(record, "eventName", "eventSource") || !spelled(change, "Keys", "NewImage", "OldImage", "SequenceNumber") {
			return false
		}
	}
	return true
}

func spelled(object map[string]any, names ...string) bool {
	for name := range object {
		for _, want := range names {
			if name != want && strings.EqualFold(name, want) {
				return false
			}
		}
	}
	return true
}
