package jobevents_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
)

// TestOutputsOfAModel are published as GET shows them, whether the model has them as text
// or as a document.
func TestOutputsOfAModel(t *testing.T) {
	type rows struct {
		Rows []int64           `json:"the_rows" dynamodbav:"r"`
		Raw  []byte            `json:"raw"`
		More map[string]string `json:"more"`
	}
	const want = `{"the_rows":[9007199254740993],"raw":"AAEC","more":{"a":"<b>"}}`
	modeled[rows](t, `{"S":`+quote(want)+`}`, want)
	modeled[rows](t, `{"S":`+quote(quote(want))+`}`, want)
	modeled[rows](t, `{"M":{"the_rows":{"L":[{"N":"9007199254740993"}]},"raw":{"S":"AAEC"},"more":{"M":{"a":{"S":"<b>"}}}}}`, want)
	modeled[*rows](t, `{"NULL":true}`, `null`)
	modeled[any](t, `{"S":"{\"a\":[1,true,null]}"}`, `{"a":[1,true,null]}`)
	modeled[any](t, `{"S":"words"}`, `"words"`)
	modeled[json.RawMessage](t, `{"L":[{"BOOL":true},{"NULL":true}]}`, `[true,null]`)
	modeled[string](t, `{"S":"{\"a\":1}"}`, `"{\"a\":1}"`)
	modeled[float64](t, `{"N":"1.5"}`, `1.5`)
	modeled[bool](t, `{"BOOL":true}`, `true`)
	modeled[time.Time](t, `{"S":"2026-11-26T10:00:00Z"}`, `"2026-11-26T10:00:00Z"`)
	refused[rows](t, `{"S":"secret"}`)
	refused[any](t, `{"SS":["secret"]}`)
	refused[any](t, `{"L":[{"B":"c2VjcmV0"}]}`)
}

func quote(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func modeled[Out any](t *testing.T, response, want string) {
	t.Helper()
	s := eventstest.Start(t)
	var e struct{ Output json.RawMessage }
	err := complete[Out](t, s, response)
	if events := s.Events("/jobs/a"); err != nil || len(events) != 1 || json.Unmarshal(events[0], &e) != nil || canonical(e.Output) != canonical([]byte(want)) {
		t.Errorf("%s is published as %s, %v; want %s", response, e.Output, err, want)
	}
}

func refused[Out any](t *testing.T, response string) {
	t.Helper()
	const want = "streamproc: record 0: the record's response does not decode"
	if err := complete[Out](t, eventstest.Start(t), response); err == nil || err.Error() != want {
		t.Errorf("%s: %v, want %s", response, err, want)
	}
}

// complete delivers the record of a job that has ended.
func complete[Out any](t *testing.T, s *eventstest.Server, response string) error {
	t.Helper()
	store, err := appsyncstore.New[string, Out]("https://api.example.com/graphql", "QueryJob", appsyncstore.APIKey("key"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := jobevents.New[Out](s.URL, jobevents.IAM(s.Publisher()), quiet, func(o *jobevents.Options) { o.Layout = store.Layout() })
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Invoke(t.Context(), stream(t, json.RawMessage(fmt.Sprintf(`{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"SequenceNumber":"1",
		"NewImage":{"id":{"S":"a"},"status":{"S":"complete"},"response":%s}}}`, response))))
	return err
}
