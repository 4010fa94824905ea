package streamproc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

var _ lambda.Handler = (*streamproc.Dispatcher)(nil)

type queryJob struct {
	ID     string `dynamodbav:"id"`
	Status string `dynamodbav:"status"`
}

func quiet(o *streamproc.Options) { o.Logger = slog.New(slog.DiscardHandler) }

// record is one stream record. image is the JSON of the new image, if any.
func record(name, id, image string) string {
	newImage := ""
	if image != "" {
		newImage = `"NewImage":` + image + `,`
	}
	return fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventName":%q,"dynamodb":{"Keys":{"id":{"S":%q}},%s"SequenceNumber":"10%s","StreamViewType":"NEW_IMAGE"}}`,
		name, id, newImage, id)
}

func pending(id string) string {
	return record("INSERT", id, fmt.Sprintf(`{"id":{"S":%q},"status":{"S":"pending"}}`, id))
}

func batch(records ...string) []byte {
	return []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
}

// dispatch returns the IDs that reached the handler, and the response.
func dispatch(t *testing.T, payload []byte, handler func(queryJob) error) (handled []string, response string, err error) {
	t.Helper()
	d := streamproc.New(func(_ context.Context, r streamproc.Record[queryJob]) error {
		handled = append(handled, r.New.ID)
		return handler(*r.New)
	}, quiet)
	response, err = answer(d.Invoke(t.Context(), payload))
	return handled, response, err
}

func ok(queryJob) error { return nil }

func failsOn(id string) func(queryJob) error {
	return func(j queryJob) error {
		if j.ID == id {
			return errors.New("boom")
		}
		return nil
	}
}

func TestDispatch(t *testing.T) {
	tests := map[string]struct {
		payload  []byte
		handler  func(queryJob) error
		handled  []string
		response string
	}{
		"pending inserts are handled": {batch(pending("1"), pending("2")), ok, []string{"1", "2"}, `{"batchItemFailures":[]}`},
		"the first failure is reported and ends the batch": {
			batch(pending("1"), pending("2"), pending("3")), failsOn("2"), []string{"1", "2"}, `{"batchItemFailures":[{"itemIdentifier":"102"}]}`,
		},
		"a panic is its record's failure": {
			batch(pending("1"), pending("2")), func(queryJob) error { panic("ouch") }, []string{"1"}, firstFailed,
		},
		"other operations are skipped": {
			batch(record("MODIFY", "1", `{"status":{"S":"pending"}}`), record("REMOVE", "2", "")), ok, nil, `{"batchItemFailures":[]}`,
		},
		"other states are skipped, not decoded": {
			batch(record("INSERT", "1", `{"status":{"S":"complete"},"x":{"S":1}}`), pending("2")), ok, []string{"2"}, `{"batchItemFailures":[]}`,
		},
		"an insert without an image is its record's failure": {batch(record("INSERT", "1", "")), ok, nil, firstFailed},
		"what does not decode is its record's failure": {
			batch(record("INSERT", "1", `{"status":{"S":"pending"},"x":{"S":1}}`), pending("2")), ok, nil, firstFailed,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			handled, response, err := dispatch(t, tt.payload, tt.handler)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.handled, handled); diff != "" {
				t.Errorf("handled (-want +got):\n%s", diff)
			}
			if response != tt.response {
				t.Errorf("response %s, want %s", response, tt.response)
			}
		})
	}
}

func TestFailureWithoutSequenceNumberFailsTheBatch(t *testing.T) {
	nameless := strings.Replace(pending("1"), `"SequenceNumber":"101",`, "", 1)
	_, response, err := dispatch(t, batch(pending("2"), nameless), failsOn("1"))
	var batchErr *streamproc.BatchError
	if !errors.As(err, &batchErr) || batchErr.Record != 1 {
		t.Errorf("got %s and %v, want a *BatchError of record 1", response, err)
	}
}

func TestMalformedAttributesNameTheirPath(t *testing.T) {
	tests := map[string]string{
		`{}`:                         "NewImage.x",
		`null`:                       "NewImage.x",
		`{"S":"a","N":"1"}`:          "NewImage.x",
		`{"Q":"a"}`:                  `"Q"`,
		`{"S":1}`:                    "NewImage.x",
		`{"S":null}`:                 "NewImage.x",
		`{"L":[{"S":"a"},{"N":1}]}`:  "NewImage.x[1]",
		`{"M":{"y":{"BOOL":"yes"}}}`: "NewImage.x.y",
		`{"B":"*"}`:                  "NewImage.x",
	}
	for value, want := range tests {
		var log strings.Builder
		d := streamproc.New(func(context.Context, streamproc.Record[map[string]any]) error { return nil },
			func(o *streamproc.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
		_, err := answer(d.Invoke(t.Context(), batch(record("INSERT", "1", `{"status":{"S":"pending"},"x":`+value+`}`))))
		if err != nil || !strings.Contains(strings.ReplaceAll(log.String(), `\"`, `"`), want) {
			t.Errorf("%s: logged %s, want the path %s", value, log.String(), want)
		}
	}
}

func TestStopsBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var handled []string
		d := streamproc.New(func(_ context.Context, r streamproc.Record[queryJob]) error {
			handled = append(handled, r.New.ID)
			<-time.After(5 * time.Second)
			return nil
		}, quiet)
		out, err := d.Invoke(ctx, batch(pending("1"), pending("2"), pending("3")))
		if want := `{"batchItemFailures":[{"itemIdentifier":"103"}]}`; err != nil || string(out) != want || len(handled) != 2 {
			t.Errorf("handled %q, got %s %v, want two handled and %s", handled, out, err, want)
		}
	})
}

func TestRecord(t *testing.T) {
	var got streamproc.Record[map[string]any]
	d := streamproc.New(func(_ context.Context, r streamproc.Record[map[string]any]) error {
		got = r
		return nil
	}, quiet, func(o *streamproc.Options) {
		o.Filter = streamproc.Where(func(*streamproc.RawRecord) bool { return true })
	})
	_, err := d.Invoke(t.Context(), []byte(`{"Records":[{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{
		"ApproximateCreationDateTime":1795428000,"SequenceNumber":"7","StreamViewType":"NEW_AND_OLD_IMAGES",
		"NewImage":{"s":{"S":"a"},"n":{"N":"1"},"b":{"B":"AQI="},"t":{"BOOL":true},"z":{"NULL":true},
			"l":{"L":[{"S":"x"}]},"m":{"M":{"k":{"S":"v"}}},"ss":{"SS":["a","b"]},"bs":{"BS":["AQ=="]},"ns":{"NS":["1"]}},
		"OldImage":{"s":{"S":"before"}}}}]}`))
	want := streamproc.Record[map[string]any]{
		Operation: streamproc.Modify, SequenceNumber: "7", Time: time.Unix(1795428000, 0).UTC(),
		New: &map[string]any{
			"s": "a", "n": 1.0, "b": []byte{1, 2}, "t": true, "z": nil, "l": []any{"x"}, "m": map[string]any{"k": "v"},
			"ss": []string{"a", "b"}, "bs": [][]byte{{1}}, "ns": []float64{1},
		},
		Old: &map[string]any{"s": "before"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestDispatchTakesADecodedEvent(t *testing.T) {
	data, err := os.ReadFile("testdata/stream-10-of-100-pending.json")
	if err != nil {
		t.Fatal(err)
	}
	var e events.DynamoDBEvent
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	count := func(n *int) *streamproc.Dispatcher {
		return streamproc.New(func(context.Context, streamproc.Record[queryJob]) error { *n++; return nil })
	}
	var raw, decoded int
	if _, err := count(&raw).Invoke(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	response, err := count(&decoded).Dispatch(t.Context(), e)
	if err != nil || len(response.BatchItemFailures) != 0 || raw != 10 || decoded != 10 {
		t.Errorf("handled %d raw and %d decoded of 10, response %v, %v", raw, decoded, response, err)
	}
}

// decodes makes a dispatcher that decodes items into T.
func decodes[T any]() {
	streamproc.New(func(context.Context, streamproc.Record[T]) error { return nil })
}

// itself decodes itself, from an item with a key.
type itself string

func (s *itself) UnmarshalDynamoDBAttributeValue(v types.AttributeValue) error {
	*s = itself(v.(*types.AttributeValueMemberM).Value["id"].(*types.AttributeValueMemberS).Value)
	return nil
}

func TestTypesThatItemsDecodeInto(*testing.T) {
	for _, construct := range []func(){
		decodes[any], decodes[struct{}], decodes[*queryJob], decodes[map[string]any], decodes[map[string]types.AttributeValue], decodes[itself], decodes[*itself],
	} {
		construct()
	}
}

func TestConstructorsPanic(t *testing.T) {
	fn := func(context.Context, streamproc.Record[any]) error { return nil }
	with := func(set func(*streamproc.Options)) func() { return func() { streamproc.New(fn, set) } }
	for name, construct := range map[string]func(){
		"handler":     func() { streamproc.New[any](nil) },
		"Filter":      with(func(o *streamproc.Options) { o.Filter = streamproc.Filter{} }),
		"Where":       func() { streamproc.Where(nil) },
		"Needs":       with(func(o *streamproc.Options) { o.Needs = "KEYS" }),
		"Concurrency": with(func(o *streamproc.Options) { o.Concurrency = 0 }),
		"MinTime":     with(func(o *streamproc.Options) { o.MinTime = -1 }),
		"Logger":      with(func(o *streamproc.Options) { o.Logger = nil }),
		"Writes":      with(func(o *streamproc.Options) { o.Writes = []string{"a", ""} }),

		"New: option 1 of 1 is nil":               with(nil),
		"Pending: statusAttribute is empty":       func() { streamproc.Pending("") },
		"StatusChanged: statusAttribute is empty": func() { streamproc.StatusChanged("") },
		"Having: attribute is empty":              func() { streamproc.Pending("status").Having("", "job") },
		"Having: the filter is empty":             func() { streamproc.Filter{}.Having("type", "job") },

		"New: T is int, want":      decodes[int],
		"New: T is chan int, want": decodes[chan int],
		"New: T is *string, want":  decodes[*string],
		"New: T is []string, want": decodes[[]string],
		"New: T is error, want":    decodes[error],
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if v, _ := recover().(string); !strings.HasPrefix(v, "streamproc: ") || !strings.Contains(v, name) {
					t.Errorf("panicked with %q, want a text that names %s", v, name)
				}
			}()
			construct()
		})
	}
}

func TestDispatchReportsAFailure(t *testing.T) {
	var e events.DynamoDBEvent
	if err := json.Unmarshal(batch(pending("1"), pending("2")), &e); err != nil {
		t.Fatal(err)
	}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[queryJob]) error { return failsOn("2")(*r.New) }, quiet)
	response, err := d.Dispatch(t.Context(), e)
	if err != nil || len(response.BatchItemFailures) != 1 || response.BatchItemFailures[0].ItemIdentifier != "102" {
		t.Errorf("got %v, %v, want a report of 102", response, err)
	}
}
