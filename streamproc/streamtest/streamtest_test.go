package streamtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// message is the item of AWS's own example.
type message struct {
	ID      int    `dynamodbav:"Id"`
	Message string `dynamodbav:"Message,omitempty"`
}

func clock() time.Time { return time.Unix(1671562498, 7e8) }

// TestPayloadIsWhatAWSSends: three records of AWS's page, with their sizes, and one
// that was deleted by its time to live.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
func TestPayloadIsWhatAWSSends(t *testing.T) {
	s := streamtest.New(func(o *streamtest.Options) { o.Table, o.Keys, o.Now = "messages", []string{"Id"}, clock })
	first, second := message{101, "New item!"}, message{101, "This item has changed"}
	got := streamtest.Payload(s.Insert(first), s.Modify(first, second), s.Remove(second), s.Expire(second))
	record := func(n, name, images, size, identity string) string {
		return `{"eventID":"0000000000000000000000000000000` + n + `","eventName":"` + name + `","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1",` +
			`"dynamodb":{"ApproximateCreationDateTime":1671562498.0,"Keys":{"Id":{"N":"101"}},` + images + `"SequenceNumber":"10000000000000000000` + n + `","SizeBytes":` + size + `,"StreamViewType":"NEW_AND_OLD_IMAGES"},` +
			identity + `"eventSourceARN":"arn:aws:dynamodb:us-east-1:123456789012:table/messages/stream/2026-01-01T00:00:00.000"}`
	}
	const (
		newItem = `{"Id":{"N":"101"},"Message":{"S":"New item!"}},`
		changed = `{"Id":{"N":"101"},"Message":{"S":"This item has changed"}},`
		service = `"userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"},`
	)
	want := `{"Records":[` + strings.Join([]string{
		record("1", "INSERT", `"NewImage":`+newItem, "26", ""),
		record("2", "MODIFY", `"NewImage":`+changed+`"OldImage":`+newItem, "59", ""),
		record("3", "REMOVE", `"OldImage":`+changed, "38", ""),
		record("4", "REMOVE", `"OldImage":`+changed, "38", service),
	}, ",") + `]}`
	if diff := cmp.Diff(decoded(t, []byte(want)), decoded(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(string(got), `"ApproximateCreationDateTime":1671562498.0,`) {
		t.Errorf("the times of %s have no decimal point", got)
	}
	if got := string(streamtest.Payload()); got != `{"Records":[]}` {
		t.Errorf("no records are %s", got)
	}
}

func decoded(t *testing.T, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return v
}

// TestDispatcherTakesTheRecords as bytes and as an event, with attributes of every
// type.
func TestDispatcherTakesTheRecords(t *testing.T) {
	item := map[string]types.AttributeValue{
		"id": &types.AttributeValueMemberS{Value: "é\"\\\n"}, "n": &types.AttributeValueMemberN{Value: "-1.50"},
		"b": &types.AttributeValueMemberB{Value: []byte{1, 2}}, "t": &types.AttributeValueMemberBOOL{Value: true},
		"z": &types.AttributeValueMemberNULL{Value: true}, "ss": &types.AttributeValueMemberSS{Value: []string{"a"}},
		"ns": &types.AttributeValueMemberNS{Value: []string{"1", "2"}}, "bs": &types.AttributeValueMemberBS{Value: [][]byte{{1}}},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberM{Value: map[string]types.AttributeValue{}}}},
	}
	var got []streamproc.Record[map[string]any]
	d := streamproc.New(func(_ context.Context, r streamproc.Record[map[string]any]) error {
		got = append(got, r)
		return nil
	}, func(o *streamproc.Options) {
		o.Filter = streamproc.Where(func(*streamproc.RawRecord) bool { return true })
	})
	s := streamtest.New(func(o *streamtest.Options) { o.Now = clock })
	record := s.Expire(item)
	if _, err := d.Invoke(t.Context(), streamtest.Payload(record)); err != nil {
		t.Fatal(err)
	}
	event := streamtest.Event(record)
	if size := event.Records[0].Change.SizeBytes; size != 45 {
		t.Errorf("the record has %d bytes, want 45", size)
	}
	if _, err := d.Dispatch(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	want := streamproc.Record[map[string]any]{
		Operation: streamproc.Remove, SequenceNumber: record.SequenceNumber, Time: time.Unix(1671562498, 0).UTC(), Expired: true, SizeBytes: 45,
		Keys: streamproc.Keys{{Name: "id", Type: "S", Value: "é\"\\\n"}},
		Old: &map[string]any{
			"id": "é\"\\\n", "n": -1.5, "b": []byte{1, 2}, "t": true, "z": nil, "ss": []string{"a"}, "ns": []float64{1, 2},
			"bs": [][]byte{{1}}, "l": []any{map[string]any{}},
		},
	}
	if diff := cmp.Diff([]streamproc.Record[map[string]any]{want, want}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// refusing does not encode.
type refusing struct{}

func (refusing) MarshalDynamoDBAttributeValue() (types.AttributeValue, error) {
	return nil, errors.New("no")
}

func TestViewTypes(t *testing.T) {
	a, b := map[string]string{"id": "1", "v": "a"}, map[string]string{"id": "1", "v": "b"}
	for view, want := range map[streamproc.ViewType]string{
		streamproc.KeysOnly: "false false", streamproc.NewImage: "true false", streamproc.OldImage: "false true", streamproc.NewAndOldImages: "true true",
	} {
		r := streamtest.New(func(o *streamtest.Options) { o.ViewType = view }).Modify(a, b)
		if got := map[bool]string{true: "true", false: "false"}; got[r.New != nil]+" "+got[r.Old != nil] != want || r.ViewType != view {
			t.Errorf("%s: New is %v, Old is %v, want %s", r.ViewType, r.New, r.Old, want)
		}
	}
}

func TestWrongArgumentsPanic(t *testing.T) {
	item := func(id, v string) map[string]string { return map[string]string{"id": id, "v": v} }
	with := func(set func(*streamtest.Options)) func() { return func() { streamtest.New(set) } }
	for want, call := range map[string]func(){
		"streamtest: New: Options.Table is empty":                         with(func(o *streamtest.Options) { o.Table = "" }),
		"streamtest: New: Options.Keys is []":                             with(func(o *streamtest.Options) { o.Keys = nil }),
		`streamtest: New: Options.ViewType is "NEW"`:                      with(func(o *streamtest.Options) { o.ViewType = "NEW" }),
		"streamtest: New: option 1 of 1 is nil":                           with(nil),
		"streamtest: New: Options.Keys has an empty name":                 with(func(o *streamtest.Options) { o.Keys = []string{"id", ""} }),
		"streamtest: New: Options.Now is nil":                             with(func(o *streamtest.Options) { o.Now = nil }),
		`streamtest: Insert: the item has no key "id"`:                    func() { streamtest.New().Insert(map[string]bool{"id": true}) },
		`streamtest: Remove: the item has no key "id"`:                    func() { streamtest.New().Remove(nil) },
		"streamtest: Expire: streamtest_test.refusing is not an item: no": func() { streamtest.New().Expire(refusing{}) },
		"streamtest: Modify: the keys differ":                             func() { streamtest.New().Modify(item("1", "a"), item("2", "a")) },
		"streamtest: Modify: the items are the same, so there is no re":   func() { streamtest.New().Modify(item("1", "a"), item("1", "a")) },
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if v, _ := recover().(string); !strings.HasPrefix(v, want) {
					t.Errorf("panicked with %q", v)
				}
			}()
			call()
		})
	}
}
