package streamproc_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// run dispatches every record of an event, and returns what the handler got, the
// answer, and what was logged last.
func run[T any](t *testing.T, payload string, opts ...func(*streamproc.Options)) (got []streamproc.Record[T], response string, err error) {
	t.Helper()
	log := &failures{}
	all := func(o *streamproc.Options) { o.Filter, o.Logger = everyRecord, slog.New(log) }
	d := streamproc.New(func(_ context.Context, r streamproc.Record[T]) error {
		got = append(got, r)
		return nil
	}, append([]func(*streamproc.Options){all}, opts...)...)
	response, err = answer(d.Invoke(t.Context(), []byte(payload)))
	return got, response, errors.Join(err, log.last())
}

const (
	nothingFailed = `{"batchItemFailures":[]}`
	firstFailed   = "the first record fails the invocation"
)

// answer returns the response of an invocation, or firstFailed.
func answer(response []byte, err error) (string, error) {
	if b, ok := err.(*streamproc.BatchError); ok && b.Record == 0 && response == nil {
		return firstFailed, nil
	}
	return string(response), err
}

func TestEveryTypeOfAttributeKeepsItsValue(t *testing.T) {
	const digits = "12345678901234567890123456789012345678"
	image := `{"s":{"S":""},"n":{"N":"` + digits + `"},"small":{"N":"-1E-130"},"b":{"B":"AAH/"},"empty":{"B":""},"t":{"BOOL":false},"z":{"NULL":true},
		"l":{"L":[{"N":"1.10"},{"L":[]},{"M":{"é":{"S":"\u00e9"}}}]},"m":{"M":{}},"ss":{"SS":["b","a"]},"ns":{"NS":["` + digits + `","2"]},"bs":{"BS":["AQ==",""]}}`
	want := map[string]types.AttributeValue{
		"s":     &types.AttributeValueMemberS{},
		"n":     &types.AttributeValueMemberN{Value: digits},
		"small": &types.AttributeValueMemberN{Value: "-1E-130"},
		"b":     &types.AttributeValueMemberB{Value: []byte{0, 1, 255}},
		"empty": &types.AttributeValueMemberB{Value: []byte{}},
		"t":     &types.AttributeValueMemberBOOL{},
		"z":     &types.AttributeValueMemberNULL{Value: true},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			&types.AttributeValueMemberN{Value: "1.10"}, &types.AttributeValueMemberL{Value: []types.AttributeValue{}},
			&types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"é": &types.AttributeValueMemberS{Value: "é"}}},
		}},
		"m":  &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{}},
		"ss": &types.AttributeValueMemberSS{Value: []string{"b", "a"}},
		"ns": &types.AttributeValueMemberNS{Value: []string{digits, "2"}},
		"bs": &types.AttributeValueMemberBS{Value: [][]byte{{1}, {}}},
	}
	sameValues(t, []byte(image), want)
}

func TestKeys(t *testing.T) {
	tests := map[string]struct {
		keys string
		want streamproc.Keys
	}{
		"S":            {`{"id":{"S":"a\"\u00e9"}}`, streamproc.Keys{{Name: "id", Type: "S", Value: `a"é`}}},
		"N":            {`{"id":{"N":"12345678901234567890123456789012345678"}}`, streamproc.Keys{{Name: "id", Type: "N", Value: "12345678901234567890123456789012345678"}}},
		"B":            {`{"id":{"B":"AQI="}}`, streamproc.Keys{{Name: "id", Type: "B", Value: "AQI="}}},
		"two":          {` { "b" : { "S" : "x" } , "a" : { "N" : "2" } } `, streamproc.Keys{{Name: "b", Type: "S", Value: "x"}, {Name: "a", Type: "N", Value: "2"}}},
		"escaped name": {`{"\u00e9":{"S":"x"}}`, streamproc.Keys{{Name: "é", Type: "S", Value: "x"}}},
		"null":         {`null`, streamproc.Keys{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, response, err := run[any](t, `{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":`+tt.keys+`,"NewImage":{}}}]}`)
			if err != nil || response != nothingFailed || len(got) != 1 || got[0].Keys != tt.want {
				t.Fatalf("got %+v, %s, %v, want %+v", got, response, err, tt.want)
			}
			if a := tt.want[0]; got[0].Keys.Value(a.Name) != a.Value || got[0].Keys.Value("other") != "" {
				t.Errorf("Value(%q) is %q, want %q", a.Name, got[0].Keys.Value(a.Name), a.Value)
			}
		})
	}
}

func TestMalformedKeysAreReported(t *testing.T) {
	for keys, path := range map[string]string{
		`{"id":{}}`:                   "Keys.id",
		`{"id":null}`:                 "Keys.id",
		`{"id":{"BOOL":true}}`:        "Keys.id",
		`{"id":{"S":5}}`:              "Keys.id",
		`{"id":{"S":"hush","N":"1"}}`: "Keys.id",
		`{"id":{"S":"\q"}}`:           "Keys.id",
		`"hush"`:                      "Keys",
		`[]`:                          "Keys",
		`{"a":{"S":"hush"},"b":{"S":"hush"},"c":{"S":"hush"}}`: "Keys",
	} {
		got, response, err := run[any](t, `{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":`+keys+`,"NewImage":{}}}]}`)
		var m *streamproc.MalformedError
		if !errors.As(err, &m) || m.Path != path || strings.Contains(err.Error(), "hush") || response != firstFailed || got != nil {
			t.Errorf("%s: got %v, %s and %v, want an error of %s that is reported", keys, got, response, err, path)
		}
	}
}

func TestMalformedOldImage(t *testing.T) {
	_, response, err := run[plainStrings](t, `{"Records":[{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"SequenceNumber":"1","NewImage":{},"OldImage":{"a":{"L":[{"S":1}]}}}}]}`)
	var m *streamproc.MalformedError
	if !errors.As(err, &m) || m.Path != "OldImage.a[0]" || response != firstFailed {
		t.Errorf("got %s and %v, want an error of OldImage.a[0]", response, err)
	}
}

func TestFieldsOfARecord(t *testing.T) {
	ttl := `,"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}`
	user := `,"userIdentity":{"type":"User","principalId":"dynamodb.amazonaws.com"}`
	service := `,"userIdentity":{"principalId":"replication.dynamodb.amazonaws.com","type":"Service"}`
	id := func(s string) *plainStrings { return &plainStrings{ID: s} }
	tests := map[string]struct {
		name, change, rest string
		want               streamproc.Record[plainStrings]
	}{
		"an insert": {"INSERT", `"ApproximateCreationDateTime":1795428000,"NewImage":{"id":{"S":"a"}}`, "", streamproc.Record[plainStrings]{
			Operation: streamproc.Insert, New: id("a"), Time: time.Unix(1795428000, 0).UTC(),
		}},
		"a modify": {"MODIFY", `"ApproximateCreationDateTime":1.795428E9,"OldImage":{"id":{"S":"a"}},"NewImage":{"id":{"S":"b"}}`, "", streamproc.Record[plainStrings]{
			Operation: streamproc.Modify, New: id("b"), Old: id("a"), Time: time.Unix(1795428000, 0).UTC(),
		}},
		"a time with a fraction": {"INSERT", `"ApproximateCreationDateTime":1671562498.123,"NewImage":{}`, "", streamproc.Record[plainStrings]{
			Operation: streamproc.Insert, New: id(""), Time: time.UnixMilli(1671562498123).UTC(),
		}},
		"a time as Lambda sends it": {"INSERT", `"ApproximateCreationDateTime":1671562498.0,"NewImage":{}`, "", streamproc.Record[plainStrings]{
			Operation: streamproc.Insert, New: id(""), Time: time.Unix(1671562498, 0).UTC(),
		}},
		"a size":                           {"INSERT", `"SizeBytes":26,"NewImage":{}`, "", streamproc.Record[plainStrings]{Operation: streamproc.Insert, New: id(""), SizeBytes: 26}},
		"no size that could be":            {"INSERT", `"SizeBytes":-26,"NewImage":{}`, "", streamproc.Record[plainStrings]{Operation: streamproc.Insert, New: id("")}},
		"a size of another type":           {"INSERT", `"SizeBytes":"26","NewImage":{}`, "", streamproc.Record[plainStrings]{Operation: streamproc.Insert, New: id("")}},
		"no time that could be":            {"INSERT", `"ApproximateCreationDateTime":1e300,"NewImage":{}`, "", streamproc.Record[plainStrings]{Operation: streamproc.Insert, New: id("")}},
		"a modify with the new image only": {"MODIFY", `"OldImage":null,"NewImage":{"id":{"S":"b"}}`, "", streamproc.Record[plainStrings]{Operation: streamproc.Modify, New: id("b")}},
		"a remove by the time to live":     {"REMOVE", `"OldImage":{"id":{"S":"a"}}`, ttl, streamproc.Record[plainStrings]{Operation: streamproc.Remove, Old: id("a"), Expired: true}},
		"a remove by a user":               {"REMOVE", `"OldImage":{"id":{"S":"a"}}`, user, streamproc.Record[plainStrings]{Operation: streamproc.Remove, Old: id("a")}},
		"a remove by another service":      {"REMOVE", `"OldImage":{}`, service, streamproc.Record[plainStrings]{Operation: streamproc.Remove, Old: id("")}},
		"a remove by nobody":               {"REMOVE", `"OldImage":{}`, `,"userIdentity":null`, streamproc.Record[plainStrings]{Operation: streamproc.Remove, Old: id("")}},
		"a remove with keys only":          {"REMOVE", `"StreamViewType":"KEYS_ONLY"`, "", streamproc.Record[plainStrings]{Operation: streamproc.Remove}},
		"a modify by the service":          {"MODIFY", `"NewImage":{}`, ttl, streamproc.Record[plainStrings]{Operation: streamproc.Modify, New: id("")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, response, err := run[plainStrings](t, `{"Records":[{"eventSource":"aws:dynamodb","eventName":"`+tt.name+`","dynamodb":{`+tt.change+`,"SequenceNumber":"1"}`+tt.rest+`}]}`)
			tt.want.SequenceNumber = "1"
			if diff := cmp.Diff([]streamproc.Record[plainStrings]{tt.want}, got); err != nil || diff != "" || response != nothingFailed {
				t.Errorf("%s %v (-want +got):\n%s", response, err, diff)
			}
		})
	}
}

// Records come one after the other in shared memory: none may show another's.
func TestRecordsDoNotShareValues(t *testing.T) {
	got, _, err := run[everything](t, string(batch(
		`{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":{"m":{"M":{"id":{"S":"a"}}},"ss":{"SS":["x"]},"i":{"N":"5"}}}}`,
		`{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"SequenceNumber":"2","NewImage":{},"OldImage":{"U":{"N":"1"}}}}`)))
	want := []streamproc.Record[everything]{
		{Operation: streamproc.Insert, SequenceNumber: "1", New: &everything{I: 5, Nested: plainStrings{ID: "a"}, Strings: []string{"x"}}},
		{Operation: streamproc.Modify, SequenceNumber: "2", New: &everything{}, Old: &everything{U: 1}},
	}
	if diff := cmp.Diff(want, got, loosely...); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestViewTypesWithoutTheImage(t *testing.T) {
	job := `{"id":{"S":"1"},"status":{"S":"pending"}}`
	tests := map[string]struct {
		operation, view, images string
		filter                  streamproc.Filter
		writes                  []string
		want                    string // in the error; empty is none
	}{
		"Pending, KEYS_ONLY":                  {"INSERT", "KEYS_ONLY", ``, streamproc.Pending("status"), nil, `"KEYS_ONLY"`},
		"Pending, OLD_IMAGE":                  {"INSERT", "OLD_IMAGE", ``, streamproc.Pending("status"), nil, `"OLD_IMAGE"`},
		"Pending, NEW_IMAGE":                  {"INSERT", "NEW_IMAGE", `"NewImage":` + job + `,`, streamproc.Pending("status"), nil, ``},
		"Pending, both but none":              {"INSERT", "NEW_AND_OLD_IMAGES", ``, streamproc.Pending("status"), nil, `no NewImage`},
		"StatusChanged, KEYS_ONLY":            {"MODIFY", "KEYS_ONLY", ``, streamproc.StatusChanged("status"), nil, `"KEYS_ONLY"`},
		"StatusChanged, OLD_IMAGE":            {"MODIFY", "OLD_IMAGE", `"OldImage":` + job + `,`, streamproc.StatusChanged("status"), nil, `"OLD_IMAGE"`},
		"StatusChanged, NEW_IMAGE":            {"MODIFY", "NEW_IMAGE", `"NewImage":` + job + `,`, streamproc.StatusChanged("status"), nil, `"NEW_IMAGE"`},
		"StatusChanged, NEW_IMAGE, an insert": {"INSERT", "NEW_IMAGE", `"NewImage":` + job + `,`, streamproc.StatusChanged("status"), nil, ``},
		"Where, OLD_IMAGE":                    {"MODIFY", "OLD_IMAGE", `"OldImage":` + job + `,`, everyRecord, nil, `"OLD_IMAGE"`},
		"Where, NEW_IMAGE":                    {"MODIFY", "NEW_IMAGE", `"NewImage":` + job + `,`, everyRecord, nil, ``},
		"Where, REMOVE, KEYS_ONLY":            {"REMOVE", "KEYS_ONLY", ``, everyRecord, nil, ``},
		"Writes, NEW_IMAGE":                   {"MODIFY", "NEW_IMAGE", `"NewImage":` + job + `,`, everyRecord, []string{"x"}, `"NEW_IMAGE"`},
		"Writes, OLD_IMAGE":                   {"MODIFY", "OLD_IMAGE", `"OldImage":` + job + `,`, everyRecord, []string{"x"}, `"OLD_IMAGE"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			payload := `{"Records":[{"eventSource":"aws:dynamodb","eventName":"` + tt.operation + `","dynamodb":{` + tt.images + `"SequenceNumber":"1","StreamViewType":"` + tt.view + `"}}]}`
			got, response, err := run[plainStrings](t, payload, func(o *streamproc.Options) { o.Filter, o.Writes = tt.filter, tt.writes })
			if tt.want == "" {
				if err != nil || response != nothingFailed {
					t.Errorf("got %s and %v, want no error", response, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || response != firstFailed || got != nil {
				t.Errorf("handled %v, got %s and %v, want an error with %s", got, response, err, tt.want)
			}
		})
	}
}

func TestWhiteSpace(t *testing.T) {
	payload := strings.NewReplacer("{", " \n{\t", "}", " }\r\n", ":", " : ", ",", "\n,\t", "[", " [ ", "]", " ] ").
		Replace(`{"x":[],"y":{},"Records":[{"eventSource":"aws\u003adynamodb","eventName":"INSERT","dynamodb":{"Keys":{"id":{"S":"k"}},"SequenceNumber":"1","NewImage":{"id":{"S":"1"},"status":{"S":"pending"},"x":{"L":[{"N":"1"},{"M":{}}]}}}}]}`)
	got, response, err := run[map[string]any](t, payload, func(o *streamproc.Options) { o.Filter = streamproc.Pending("status") })
	want := []streamproc.Record[map[string]any]{{
		Operation: streamproc.Insert, SequenceNumber: "1", Keys: streamproc.Keys{{Name: "id", Type: "S", Value: "k"}},
		New: &map[string]any{"id": "1", "status": "pending", "x": []any{1.0, map[string]any{}}},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || response != nothingFailed {
		t.Errorf("%s %v (-want +got):\n%s", response, err, diff)
	}
}

func TestNoIdentifierIsEverEmpty(t *testing.T) {
	for _, sequence := range []string{``, `"SequenceNumber":"",`, `"SequenceNumber":null,`, `"SequenceNumber":5,`} {
		for _, concurrency := range []int{1, 4} {
			nameless := `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{` + sequence + `"NewImage":{"a":{}}}}`
			good := `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1","NewImage":{}}}`
			_, response, err := run[any](t, string(batch(good, nameless)), func(o *streamproc.Options) { o.Concurrency = concurrency })
			var b *streamproc.BatchError
			if !errors.As(err, &b) || b.Record != 1 || response != "" {
				t.Errorf("%q, %d at once: got %s and %v, want a *BatchError of record 1", sequence, concurrency, response, err)
			}
			var m *streamproc.MalformedError
			if b != nil && !errors.As(b.Err, &m) {
				t.Errorf("%q: the BatchError has lost its cause: %v", sequence, b)
			}
		}
	}
}

func TestWhatDynamoDBDoesNotWriteIsMalformed(t *testing.T) {
	for name, value := range map[string]string{
		"too deep":          strings.Repeat(`{"L":[`, 1001) + strings.Repeat(`]}`, 1001),
		"too deep in maps":  strings.Repeat(`{"M":{"a":`, 1001) + `{"S":""}` + strings.Repeat(`}}`, 1001),
		"control character": "{\"S\":\"12345678\t12345678\"}",
	} {
		got, response, err := run[map[string]any](t, string(around([]byte(`{"x":`+value+`}`))))
		var m *streamproc.MalformedError
		if !errors.As(err, &m) || !strings.HasPrefix(m.Path, "NewImage.x") || response != firstFailed || got != nil {
			t.Errorf("%s: got %s and %v, want a *MalformedError", name, response, err)
		}
	}
}

// date is a user's own, whose Unmarshaler answers with the error of time.Parse.
type date string

func (date) UnmarshalDynamoDBAttributeValue(v types.AttributeValue) error {
	_, err := time.Parse(time.DateOnly, v.(*types.AttributeValueMemberS).Value)
	return err
}

func TestErrorsOfUnmarshalers(t *testing.T) {
	_, _, err := run[struct{ D date }](t, string(around([]byte(`{"a":{"S":"x"},"D":{"S":"hush-hush"}}`))))
	if err == nil || !strings.Contains(err.Error(), "NewImage.D") || strings.Contains(err.Error(), "hush-hush") {
		t.Errorf("got %v, want an error that names NewImage.D and no value", err)
	}
	_, _, err = run[everything](t, string(around([]byte(`{"custom":{"S":"refuse"}}`))))
	if err == nil || !strings.Contains(err.Error(), "NewImage.custom") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v, want what the Unmarshaler says", err)
	}
}
