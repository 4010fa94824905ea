package appsyncstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

type question struct {
	Text   string   `json:"text"`
	Tables []string `json:"tables,omitempty"`
}

// swapped has the output in the model's a.json() and the metadata in its a.string().
func swapped(o *appsyncstore.Options) { o.Fields.Output, o.Fields.Metadata = "metadata", "response" }

var addrs = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// through brings an input and an output through the API and back.
func through[In, Out any](t *testing.T, api *appsynctest.API, in In, out Out) {
	t.Helper()
	store, err := appsyncstore.New[In, Out](api.URL, "QueryJob", iam(api), swapped)
	if err != nil {
		t.Fatal(err)
	}
	created, err := store.Create(t.Context(), in, func(o *jobstore.CreateOptions) { o.Metadata = map[string]any{"n": 1.0} })
	if err != nil {
		t.Fatal(err)
	}
	err = jobstore.Run(t.Context(), store, created.ID, func(_ context.Context, job *jobstore.Job[In, Out]) (Out, error) {
		if diff := cmp.Diff(in, job.Input, addrs); diff != "" {
			t.Errorf("input (-want +got):\n%s", diff)
		}
		return out, nil
	})
	got, getErr := store.Get(t.Context(), created.ID)
	if err != nil || getErr != nil {
		t.Fatalf("%v, %v", err, getErr)
	}
	if diff := cmp.Diff(out, got.Output, addrs); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(in, created.Input, addrs); diff != "" {
		t.Errorf("input as created (-want +got):\n%s", diff)
	}
	if got.Metadata["n"] != 1.0 {
		t.Errorf("metadata is %v", got.Metadata)
	}
}

func TestTypes(t *testing.T) {
	api := appsynctest.Start(t)
	object := question{Text: `<"sales"> & \ó`, Tables: []string{"a", "b"}}
	through(t, api, object, object)
	through(t, api, &object, &object)
	through(t, api, []string{"a"}, map[string]any{"a": map[string]any{"b": []any{1.5, nil, "c"}}})
	through[any, any](t, api, "text", "text")
	through[any, any](t, api, `{"a":1}`, 42.0)
	through[any, any](t, api, map[string]any{"a": 1.0}, []any{"a"})
	through(t, api, json.RawMessage(`{"a":1}`), json.RawMessage(`[1]`))
	through(t, api, json.RawMessage(`"text"`), json.RawMessage(`5`))
	through(t, api, "{\"a\":1}", map[string]int{"a": 1})
	through(t, api, []byte("bytes"), []question{object})
	yes, number := "yes", 42 // in the a.json(), whose text each is
	through(t, api, "text", []byte("\xd7\x6d\xf8"))
	through(t, api, "text", time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
	through(t, api, "text", netip.MustParseAddr("::1"))
	through(t, api, &yes, &yes)
	through(t, api, &number, &number)
	through[*string, *string](t, api, nil, nil)
}

// TestScalars sends numbers and bools as such, and reads them from JSON texts too.
func TestScalars(t *testing.T) {
	s := &script{echo: func(body []byte, _ http.Header) string {
		if strings.Contains(string(body), "mutation") {
			return `{"data":{"createQueryJob":{"id":"a"}}}`
		}
		return `{"data":{"getQueryJob":{"id":"a","status":"complete","query":"42","response":true}}}`
	}}
	store := scriptedFor[int, bool](t, s)
	if job, err := store.Create(t.Context(), 42); err != nil || job.Input != 42 || s.request(t, 0).Variables.Input["query"] != 42.0 {
		t.Errorf("created %+v, %v by %s", job, err, s.bodies[0])
	}
	if job, err := store.Get(t.Context(), "a"); err != nil || job.Input != 42 || !job.Output {
		t.Errorf("got %+v, %v", job, err)
	}
}

// TestEmptyOutput reads what a server makes of an empty string.
func TestEmptyOutput(t *testing.T) {
	for _, answer := range []string{`""`, `null`} {
		s := &script{answers: []string{`{"data":{"getQueryJob":{"id":"a","status":"complete","query":"in","response":` + answer + `}}}`}}
		if job, err := scripted(t, s).Get(t.Context(), "a"); err != nil || job.Output != "" {
			t.Errorf("%s: %+v, %v", answer, job, err)
		}
	}
	api := appsynctest.Start(t)
	store := newStore(t, api)
	id := newJob(t, store)
	if err := jobstore.Run(t.Context(), store, id, func(context.Context, *jobstore.Job[string, string]) (string, error) { return "", nil }); err != nil {
		t.Error(err)
	}
	if got, err := store.Get(t.Context(), id); err != nil || got.Status != jobstore.Complete || got.Output != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestUnencodable refuses types and values that would not come back, and names the
// field. No request is sent.
func TestUnencodable(t *testing.T) {
	s := &script{answers: []string{"{}"}}
	store := scriptedFor[any, any](t, s)
	_, create := store.Create(t.Context(), func() {})
	settle := store.Settle(t.Context(), jobstore.Claim{ID: "a", Owner: "o", Attempt: 1}, jobstore.Outcome[any]{Status: jobstore.Complete, Output: math.NaN()})
	_, metadata := store.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.Metadata = map[string]any{"f": math.Inf(1)} })
	for field, err := range map[string]error{"input": create, "output": settle, "metadata": metadata} {
		if !errors.Is(err, jobstore.ErrInvalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v, want ErrInvalid that names it", field, err)
		}
	}
	if s.requests() != 0 {
		t.Errorf("%d requests were sent", s.requests())
	}
	defer func() {
		if got := fmt.Sprint(recover()); got != "appsyncstore: New: output: chan int cannot be stored" {
			t.Errorf("New panicked with %q", got)
		}
	}()
	scriptedFor[string, chan int](t, s)
}

// TestUndecodableNamesTheField and keeps its value to itself.
func TestUndecodableNamesTheField(t *testing.T) {
	for field, value := range map[string]string{"query": `"secret"`, "response": `"{\"text\":5}"`, "metadata": `"[\"secret\"]"`} {
		s := &script{answers: []string{`{"data":{"getQueryJob":{"id":"a","status":"complete","` + field + `":` + value + `}}}`}}
		job, err := scriptedFor[question, question](t, s).Get(t.Context(), "a")
		if !errors.Is(err, jobstore.ErrDecode) || !strings.Contains(err.Error(), field+" does not decode") || strings.Contains(err.Error(), "secret") || job.ID != "a" {
			t.Errorf("%s: %+v, %v", field, job, err)
		}
	}
}

// TestBareStrings reads what another program has written without JSON's quotes, also where that is
// JSON of another kind.
func TestBareStrings(t *testing.T) {
	s := &script{answers: []string{`{"data":{"getQueryJob":{"id":"a","status":"complete","query":"1234","response":"42"}}}`}}
	if job, err := scriptedFor[[]byte, *string](t, s).Get(t.Context(), "a"); err != nil || string(job.Input) != "\xd7\x6d\xf8" || *job.Output != "42" {
		t.Errorf("%+v, %v", job, err)
	}
}

// TestValuesComeBack runs the table of types that every store returns unchanged.
func TestValuesComeBack(t *testing.T) {
	api := appsynctest.Start(t)
	store, err := appsyncstore.New[jobstoretest.Values, jobstoretest.Values](api.URL, "QueryJob", iam(api))
	if err != nil {
		t.Fatal(err)
	}
	jobstoretest.Types(t, store)
}
