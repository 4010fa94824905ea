package streamproc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

var seedImages = []string{
	`{}`, `null`, `[]`, `""`, `{"x":{}}`, `{"x":null}`, `{"x":{"S":"a","N":"1"}}`, `{"x":{"Q":"a"}}`, `{"x":{"S":1}}`,
	`{"id":{"S":"1"},"status":{"S":"pending"},"Query":{"S":"caf\u00e9 \ud83d\ude00 \"q\" \\"}}`,
	`{"ID":{"S":"1"},"STATUS":{"S":"a"},"query":{"S":"é\ud800\u0000"}}`,
	`{ "i" : { "N" : "-5" } , "u":{"N":"7"},"f":{"N":"1e3"},"t":{"BOOL":true},"I8":{"N":"128"},"f32":{"N":"1E39"}}`,
	`{"at":{"S":"2026-11-23T10:00:00.000Z"},"unix":{"N":"1795428000"},"quoted":{"S":"5"},"d":{"N":"1000"}}`,
	`{"at":{"N":"1795428000"},"b":{"B":"AQI="},"p":{"S":"x"},"map":{"M":{"a":{"S":"b"}}},"ss":{"SS":["a","b"]}}`,
	`{"m":{"M":{"id":{"S":"1"}}},"deep":{"M":{"i":{"N":"1"}}},"l":{"L":[{"M":{"id":{"S":"1"}}},{"NULL":true}]}}`,
	`{"array":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]},"x":{"L":[{"NS":["1","2"]},{"BS":["AQ=="]},{"M":{}}]}}`,
	`{"custom":{"N":"1"},"customPtr":{"NULL":true},"Number":{"N":"12345678901234567890123456789012345678"}}`,
	`{"custom":{"S":"refuse"},"Ignored":{"S":"a"},"hidden":{"S":"b"},"-":{"S":"c"}}`,
	`{"i":{"NULL":true},"id":{"NULL":false},"t":{"BOOL":"yes"},"SS":{"SS":[]},"NS":{"NS":[1]}}`,
	`{"\u0069d":{"S":"escaped name"},"K":{"S":"Kelvin"},"S":{"S":"long s"},"ſtatus":{"S":"b"}}`,
	`{"a":{"\":":"x"}}`, `{"a":{"\\":"x"}}`, `{"at":{"S":""}}`, `{"id":{"\u0053":"a"},"status":{"S":"a"}, "x":{"S":"a",}}`,
	`{"x":{"L":[{"L":[{"L":[{"M":{"a":{"L":[{"S":"]}\""}]}}}]}]}]},"id":{"N":"1"}}`,
	`{"x":{"B":"A\nQ=="},"b":{"B":"*"}}`, `{"":{"S":""}}`, `{"id":{"S":"a"}`, `{"id":{"S":"a"`, `{"id":{"S"`, "{\"id\":{\"S\":\"\xff\"}}",
	`{"I8":{"N":"128"}}`, `{"U16":{"N":"65536"}}`, `{"F32":{"N":"1E39"}}`, `{"odd":{"S":"2026-11-23T10:00:00Z"}}`, `{"odd":{"S":"5"}}`,
	`{"k":{"S":"Kelvin"},"s":{"S":"long s"}}`, `{"K":{"S":"Kelvin"},"ſ":{"S":"long s"},"id":{"S":"a"}}`,
	`{"id":{"S":"tab	"}}`, `{"x":{"S":"a"}}}`, `{"f":{"N":"NaN"},"x":{"N":"Inf"}}`,
}

// FuzzDispatch compares images with what comes out of aws-lambda-go's events and
// attributevalue for the same.
func FuzzDispatch(f *testing.F) {
	for _, image := range seedImages {
		f.Add([]byte(image))
	}
	f.Fuzz(func(t *testing.T, image []byte) {
		want, verdict := oracle(image)
		if verdict == wellFormed && !tooDeep(image) {
			sameValues(t, image, want)
		}
		compare[plainStrings](t, image, want, verdict)
		compare[everything](t, image, want, verdict)
		compare[embedding](t, image, want, verdict)
		compare[differingCase](t, image, want, verdict)
		compare[beyondASCII](t, image, want, verdict)
		compare[map[string]any](t, image, want, verdict)
		compare[any](t, image, want, verdict)
		compare[custom](t, image, want, verdict)
	})
}

// tooDeep is about what Record refuses, and DynamoDB would never have written.
func tooDeep(image []byte) bool { return bytes.Count(image, []byte("{")) > 900 }

func around(image []byte) []byte {
	return []byte(`{"Records":[{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":` + string(image) + `}}]}`)
}

var everyRecord = streamproc.Where(func(*streamproc.RawRecord) bool { return true })

// compare holds what a handler of records of T sees against the idiomatic way.
func compare[T any](t *testing.T, image []byte, reference map[string]types.AttributeValue, v verdict) {
	t.Helper()
	var got *T
	log := &failures{}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[T]) error {
		got = r.New
		return nil
	}, func(o *streamproc.Options) { o.Filter, o.Logger = everyRecord, slog.New(log) })
	_, err := d.Invoke(t.Context(), around(image))
	if errors.Join(err, log.last()) != nil && strings.Contains(errors.Join(err, log.last()).Error(), "runtime error") {
		t.Fatalf("%T of %q: %v", *new(T), image, log.last())
	}
	switch {
	case v == undefined || tooDeep(image):
	case v == malformed:
		refused(t, image, err, log.last())
	default:
		accepted(t, image, reference, got, errors.Join(err, log.last()))
	}
}

// accepted compares with attributevalue what the dispatcher made of an image.
func accepted[T any](t *testing.T, image []byte, reference map[string]types.AttributeValue, got *T, err error) {
	t.Helper()
	want := new(T)
	if attributevalue.UnmarshalMap(reference, want) != nil {
		if err == nil {
			t.Fatalf("%T of %q: no error, attributevalue has one", *want, image)
		}
		return
	}
	if err != nil {
		t.Fatalf("%T of %q: %v, attributevalue has no error", *want, image, err)
	}
	if idiomatic, ok := byEvents[T](image); ok && !equal(idiomatic, want) {
		t.Fatalf("the oracle is wrong about %q", image)
	}
	if !equal(want, got) {
		t.Fatalf("%T of %q (-attributevalue +ours):\n%s", *want, image, cmp.Diff(want, got, loosely...))
	}
}

// byEvents is the idiomatic way; it panics for some images that are malformed.
func byEvents[T any](image []byte) (v *T, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	var e events.DynamoDBEvent
	if json.Unmarshal(around(image), &e) != nil {
		return nil, false
	}
	v = new(T)
	return v, attributevalue.UnmarshalMap(convert(e.Records[0].Change.NewImage), v) == nil
}

var loosely = cmp.Options{
	cmp.AllowUnexported(everything{}, embedding{}),
	cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }),
	cmp.Comparer(func(a, b float32) bool { return a == b || a != a && b != b }),
}

func equal[T any](a, b T) bool { return cmp.Equal(a, b, loosely...) }

// refused expects a MalformedError that does not contain the image's values.
func refused(t *testing.T, image []byte, err, logged error) {
	t.Helper()
	var m *streamproc.MalformedError
	if string(bytes.TrimSpace(image)) == "null" {
		if logged == nil {
			t.Fatal("no new image, and no error")
		}
		return
	}
	if err != nil || !errors.As(logged, &m) {
		t.Fatalf("%q: got %v and logged %v, want a *MalformedError", image, err, logged)
	}
	if m.Path != "NewImage" && !strings.HasPrefix(m.Path, "NewImage.") {
		t.Fatalf("%q: the path is %q", image, m.Path)
	}
	tree, _ := parseTree(image)
	names, values := leaves(tree, nil, nil)
	for _, v := range values {
		if len(v) >= 4 && !strings.Contains(strings.Join(append(names, vocabulary), " "), v) && strings.Contains(logged.Error(), v) {
			t.Fatalf("%q: the error contains a value: %v", image, logged)
		}
	}
}

// vocabulary is what errors are made of.
const vocabulary = `NewImage has the type tag NULL BOOL but no such value has more than 1 type tag, or is cut off
	has 0 type tags, want 1 has the unknown type tag is no attribute value is nested too deep is malformed`

func leaves(tree any, names, values []string) ([]string, []string) {
	switch tree := tree.(type) {
	case string:
		return names, append(values, tree)
	case []any:
		for _, v := range tree {
			names, values = leaves(v, names, values)
		}
	case map[string]any:
		for name, v := range tree {
			names, values = leaves(v, append(names, name, fmt.Sprintf("%q", name)), values)
		}
	}
	return names, values
}

// sameValues compares what Image.Values makes of an image.
func sameValues(t *testing.T, image []byte, want map[string]types.AttributeValue) {
	t.Helper()
	var got map[string]types.AttributeValue
	var gotErr error
	inspect(t, around(image), func(r *streamproc.RawRecord) { got, gotErr = r.New().Values() })
	if diff := cmp.Diff(want, got, avOptions); gotErr != nil || diff != "" {
		t.Fatalf("Values of %q: %v (-want +got):\n%s", image, gotErr, diff)
	}
}

// inspect shows the records of an event to look.
func inspect(t *testing.T, payload []byte, look func(*streamproc.RawRecord)) {
	t.Helper()
	d := streamproc.New(func(context.Context, streamproc.Record[any]) error { return nil }, quiet,
		func(o *streamproc.Options) {
			o.Filter = streamproc.Where(func(r *streamproc.RawRecord) bool { look(r); return false })
		})
	if _, err := d.Invoke(t.Context(), payload); err != nil {
		t.Fatalf("%q: %v", payload, err)
	}
}

var avOptions = cmp.Exporter(func(t reflect.Type) bool { return strings.HasPrefix(t.Name(), "AttributeValueMember") })

// FuzzPayload compares whole events, and expects that no payload makes it panic.
func FuzzPayload(f *testing.F) {
	for name := range fixtures {
		data, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:len(data)/20])
	}
	for _, image := range seedImages {
		f.Add(around([]byte(image)))
	}
	for _, payload := range seedPayloads {
		f.Add([]byte(payload))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
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
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%q: %v (-want +got):\n%s", payload, err, diff)
		}
	})
}

var seedPayloads = []string{
	``, `{`, `{"Records":`, `{"Records":[{"dynamodb":`, `{"Records":[{"eventName":"INSERT","dynamodb":{"NewImage":{"id":{"S":"a"}`,
	`{"Records":[{"eventName":"REMOVE","dynamodb":{"SequenceNumber":"1","OldImage":{"id":{"S":"a"}},"Keys":{"id":{"S":"a"},"n":{"N":"1"}}},
		"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}},{"eventName":"MODIFY","dynamodb":{"SequenceNumber":"2",
		"NewImage":{"id":{"S":"a"}},"OldImage":null,"ApproximateCreationDateTime":1.5e9,"StreamViewType":"NEW_IMAGE"}}]}`,
	`{"Records":[{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":{]}}]}`, `[[[[[[[[`, `{"Records":[[]]}`, `{"Records":[{}]} x`,
	"{\"a\":\"\\\\\\\"\",\"Records\":[],\"b\":{\"c\":[\"}\"]}}", "\xff\xfe", `{"Records":[{"dynamodb":{"Keys":{"a":`,
	`{"Records":[{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":{"x":` + strings.Repeat(`{"L":[`, 1200) + strings.Repeat(`]}`, 1200) + `}}}]}`,
	strings.Repeat("[", 100000),
}

// noPanic looks at everything there is in a payload.
func noPanic(t *testing.T, payload []byte) {
	look := func(r *streamproc.RawRecord) bool {
		for _, m := range []streamproc.Image{r.New(), r.Old(), r.Keys()} {
			_, _ = m.Values()
			_, _ = m.Is("id", "a"), m.String("status")
		}
		_, _, _, _ = r.Time(), r.Expired(), r.ViewType(), r.SequenceNumber()
		return true
	}
	for _, concurrency := range []int{1, 3} {
		log := &failures{}
		d := streamproc.New(func(context.Context, streamproc.Record[everything]) error { return nil }, func(o *streamproc.Options) {
			o.Filter, o.Logger, o.Concurrency, o.Writes = streamproc.Where(look), slog.New(log), concurrency, []string{"x"}
		})
		_, _ = d.Invoke(t.Context(), payload)
		// attributevalue itself panics for names that are equal but for their case.
		if err := log.last(); err != nil && strings.Contains(err.Error(), "goroutine") && !strings.Contains(err.Error(), "attributevalue.UnmarshalMap") {
			t.Fatalf("%q: %v", payload, err)
		}
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
			r.Change.OldImage != nil || attributevalue.UnmarshalMap(image, v) != nil {
			return nil, false
		}
		handled = append(handled, fmt.Sprint(streamproc.Operation(r.EventName), r.Change.SequenceNumber, v))
	}
	return handled, true
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
		if !ok || !isObject || !spelled(record, "eventName") || !spelled(change, "Keys", "NewImage", "OldImage", "SequenceNumber") {
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

// FuzzString compares strings with encoding/json.
func FuzzString(f *testing.F) {
	for _, s := range []string{`""`, `"a"`, `"\u00e9\ud83d\ude00\ud800x\udc00"`, `"\n\t\b\f\r\/\\\""`, `"\q"`, `"\u12"`, "\"\xff\xc3\"", "\"\x00\"", `"\uD83D\u0041"`, `"\uABCD\uabcd"`, "\"1234567\xff890123456\"", `"12345678\"12345678\\"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, quoted []byte) {
		var want string
		if len(quoted) == 0 || quoted[0] != '"' || json.Unmarshal(quoted, &want) != nil {
			return
		}
		quoted = bytes.TrimSpace(quoted)
		inspect(t, around(fmt.Appendf(nil, `{"a":{"N":"1"},"x":{"S":%s},%s:{"S":"by name"}}`, quoted, quoted)), func(r *streamproc.RawRecord) {
			if want == "a" || want == "x" {
				return
			}
			if got := r.New().String("x"); got != want {
				t.Fatalf("%s: got %q, want %q", quoted, got, want)
			}
			if !r.New().Is("x", want) || r.New().Is("x", want+"!") {
				t.Fatalf("%s: Is does not agree that it is %q", quoted, want)
			}
			if got := r.New().String(want); got != "by name" {
				t.Fatalf("%s: looked up by name gives %q", quoted, got)
			}
		})
	})
}

// FuzzMetadata compares the JSON of a job's metadata with encoding/json.
func FuzzMetadata(f *testing.F) {
	for _, s := range []string{
		`{}`, ` { } `, `{"a":"b"}`, `{"a":"b","a":"c"}`, `{ "a" : "b" , "c" : "d" }`, `{"a":"b",}`, `{"a":1,"b":{"c":[null]}}`, `null`,
		`"x"`, `{"a":"\u0041"}`, `{"a":"é"}`, `{"a":"b"}x`, `{,}`, `{"a":"b"`, `{}}`, "{\"a\":\"b\"}\x00", "{\"a\":\"\x7f\"}", `nonsense`, ``, `{"a\:"b"}`, `{"a":"b\}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		text = strings.ToValidUTF8(text, "\ufffd")
		if err := json.Unmarshal(quoted, &text); err != nil {
			t.Fatal(err)
		}
		var want map[string]any
		wantErr := json.Unmarshal([]byte(text), &want)
		got, gotErr := decodeJob(t, fmt.Sprintf(`{"metadata":{"S":%s}}`, quoted))
		if (wantErr == nil) != (gotErr == nil) {
			t.Fatalf("%q: got error %v, json has %v", text, gotErr, wantErr)
		}
		if wantErr == nil && !cmp.Equal(want, got.Metadata) {
			t.Fatalf("%q (-want +got):\n%s", text, cmp.Diff(want, got.Metadata))
		}
	})
}
