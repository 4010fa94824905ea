package streamproc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
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
	`{"status":{}}`, `{"x":{},"status":{"S":"pending"}}`, `{"status":{"S":"pending","N":"1"}}`, `{"status":{"N":"1"}}`, `{"status":{"NULL":1}}`, `{"status":{"M":{"x":{}}}}`,
	`{"t":{"BOOL":null}}`, `{"x":{"NULL":0}}`, `{"t":{"BOOL": true}}`,
	`{"k":{"S":"Kelvin"},"s":{"S":"long s"}}`, `{"K":{"S":"Kelvin"},"ſ":{"S":"long s"},"id":{"S":"a"}}`,
	`{"id":{"S":"tab	"}}`, `{"x":{"S":"a"}}}`, `{"f":{"N":"NaN"},"x":{"N":"Inf"}}`,
}

// tooDeep is about what Record refuses, and DynamoDB would never have written.
func tooDeep(image []byte) bool { return bytes.Count(image, []byte("{")) > 900 }

func around(image []byte) []byte {
	return []byte(`{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":` + string(image) + `}}]}`)
}

var everyRecord = streamproc.Where(func(*streamproc.RawRecord) bool { return true })

// imageCheck holds what a handler sees of an image against the idiomatic way.
type imageCheck func(t *testing.T, image []byte, reference map[string]types.AttributeValue, v verdict)

var imageChecks = []imageCheck{
	compare[plainStrings](), compare[everything](), compare[embedding](), compare[differingCase](),
	compare[beyondASCII](), compare[map[string]any](), compare[any](), compare[custom](),
}

// checkImage compares an image with what comes out of aws-lambda-go's events and
// attributevalue for the same.
func checkImage(t *testing.T, image []byte) {
	want, verdict := oracle(image)
	if verdict == wellFormed && !tooDeep(image) {
		sameValues(t, image, want)
	}
	for _, check := range imageChecks {
		check(t, image, want, verdict)
	}
	checkStatus(t, image)
}

// compare is the check of records of T.
func compare[T any]() imageCheck {
	var got *T
	log := &failures{}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[T]) error {
		got = r.New
		return nil
	}, func(o *streamproc.Options) { o.Filter, o.Logger = everyRecord, slog.New(log) })
	return func(t *testing.T, image []byte, reference map[string]types.AttributeValue, v verdict) {
		t.Helper()
		got, log.errs = nil, nil
		_, err := answer(d.Invoke(t.Context(), around(image)))
		noPanicOf(t, image, errors.Join(err, log.last()))
		switch {
		case v == undefined || tooDeep(image):
		case v == malformed:
			refused(t, image, err, log.last())
		default:
			accepted(t, image, reference, got, errors.Join(err, log.last()))
		}
	}
}

// accepted compares with attributevalue what the dispatcher made of an image.
func accepted[T any](t *testing.T, image []byte, reference map[string]types.AttributeValue, got *T, err error) {
	t.Helper()
	want := new(T)
	if byUnmarshalers(reference, want) != nil {
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

// byUnmarshalers is attributevalue with its encoding unmarshalers on.
func byUnmarshalers(image map[string]types.AttributeValue, v any) error {
	return attributevalue.UnmarshalMapWithOptions(image, v, func(o *attributevalue.DecoderOptions) { o.UseEncodingUnmarshalers = true })
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
	return v, byUnmarshalers(convert(e.Records[0].Change.NewImage), v) == nil
}

var loosely = cmp.Options{
	cmp.AllowUnexported(everything{}, embedding{}),
	cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }),
	cmp.Comparer(func(a, b float32) bool { return a == b || a != a && b != b }),
}

// equal leaves as little as can be to go-cmp, whose time doubles with each list
// that is nested in another.
func equal[T any](a, b T) bool { return reflect.DeepEqual(a, b) || cmp.Equal(a, b, loosely...) }

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
	has 0 type tags, want 1 has the unknown type tag is not an attribute value is nested too deep is malformed`

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
	if gotErr != nil || !reflect.DeepEqual(want, got) {
		t.Fatalf("Values of %q: %v (-want +got):\n%s", image, gotErr, cmp.Diff(want, got, avOptions))
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
