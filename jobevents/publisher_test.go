package jobevents_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/eventstest"
	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// answer is an output whose JSON has other names than its attributes.
type answer struct {
	Text string        `json:"text" dynamodbav:"t"`
	Took time.Duration `json:"took" dynamodbav:"ms"`
}

// fixture is a store whose stream a publisher reads.
type fixture struct {
	*testing.T
	server *eventstest.Server
	jobs   *memstore.Store[string, answer]
	p      *jobevents.Publisher
	after  int // the records that were read
}

func newFixture(t *testing.T, opts ...func(*jobevents.Options)) *fixture {
	t.Helper()
	f := &fixture{T: t, server: eventstest.Start(t), jobs: memstore.New[string, answer](func(o *memstore.Options) { o.Stream = true })}
	f.p = newPublisher(t, f.server, opts...)
	return f
}

func newPublisher(t *testing.T, s *eventstest.Server, opts ...func(*jobevents.Options)) *jobevents.Publisher {
	t.Helper()
	p, err := jobevents.New[answer](s.URL, jobevents.IAM(s.Publisher()), append([]func(*jobevents.Options){quiet}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func quiet(o *jobevents.Options) { o.Logger = slog.New(slog.DiscardHandler) }

// next returns the stream event with all records that were not read.
func (f *fixture) next() []byte {
	f.Helper()
	after := ""
	if f.after > 0 {
		after = fmt.Sprint(f.after)
	}
	records, err := f.jobs.Changes(f.Context(), after, 1000)
	if err != nil {
		f.Fatal(err)
	}
	f.after += len(records)
	return stream(f, records...)
}

func stream(t testing.TB, records ...json.RawMessage) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// invoke publishes what has changed.
func (f *fixture) invoke() {
	f.Helper()
	if out, err := f.p.Invoke(f.Context(), f.next()); err != nil || string(out) != `{"batchItemFailures":[]}` {
		f.Fatalf("%s, %v", out, err)
	}
}

func (f *fixture) create(id string) {
	f.Helper()
	if _, err := f.jobs.Create(f.Context(), "why?", func(o *jobstore.CreateOptions) { o.ID, o.Caller = id, "user-1" }); err != nil {
		f.Fatal(err)
	}
}

// view is what GET shows now.
func (f *fixture) view(id string) string {
	f.Helper()
	job, err := f.jobs.Get(f.Context(), id)
	if err != nil {
		f.Fatal(err)
	}
	data, err := json.Marshal(jobhttp.ViewOf(job))
	if err != nil {
		f.Fatal(err)
	}
	return canonical(data)
}

func texts(events []json.RawMessage) (all []string) {
	for _, e := range events {
		all = append(all, canonical(e))
	}
	return all
}

// canonical is JSON with its members and escapes in one form.
func canonical(data []byte) string {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err.Error()
	}
	data, _ = json.Marshal(v)
	return string(data)
}

// TestEachChange publishes what GET shows after each change, with progress and partial
// output. The versions are in order.
func TestEachChange(t *testing.T) {
	f := newFixture(t)
	var want []string
	publish := func() {
		f.invoke()
		want = append(want, f.view("a"))
	}
	f.create("a")
	publish()
	err := jobstore.Run(t.Context(), f.jobs, "a", func(ctx context.Context, _ *jobstore.Job[string, answer]) (answer, error) {
		publish()
		jobstore.Report(ctx, 60, "calling <the> model")
		publish()
		if err := jobstore.Partial(ctx, answer{Text: "up"}); err != nil {
			t.Error(err)
		}
		publish()
		return answer{Text: "up 12 %", Took: time.Second}, nil
	}, func(o *jobstore.RunOptions) { o.ReportEvery, o.PartialEvery = 0, 0 })
	if err != nil {
		t.Fatal(err)
	}
	publish()
	got := texts(f.server.Events("/jobs/a"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	last := ""
	for _, e := range got {
		var v jobhttp.View[answer]
		if err := json.Unmarshal([]byte(e), &v); err != nil || v.Version <= last {
			t.Errorf("%s: the version is not above %s, %v", e, last, err)
		}
		last = v.Version
	}
}

// TestTheNewestOfABatch: events are states, so one for each job is enough.
func TestTheNewestOfABatch(t *testing.T) {
	f := newFixture(t)
	f.create("a")
	f.create("b")
	f.complete("a", "done")
	f.invoke()
	for _, id := range []string{"a", "b"} {
		if diff := cmp.Diff([]string{f.view(id)}, texts(f.server.Events("/jobs/"+id))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	if n := f.server.Requests(); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func (f *fixture) complete(id, text string) {
	f.Helper()
	if err := jobstore.Run(f.Context(), f.jobs, id, func(context.Context, *jobstore.Job[string, answer]) (answer, error) {
		return answer{Text: text}, nil
	}); err != nil {
		f.Fatal(err)
	}
}

// TestRenewalsAreNotPublished, and neither is the removal of a job.
func TestRenewalsAreNotPublished(t *testing.T) {
	f := newFixture(t)
	f.create("a")
	job, err := f.jobs.Claim(t.Context(), "a", jobstore.Lease{Owner: jobstore.NewID(), Until: time.Now().Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	f.invoke()
	renewal := jobstore.Heartbeat{Seq: 1, LeaseUntil: time.Now().Add(2 * time.Minute)}
	if err := f.jobs.Report(t.Context(), job.Claim(), renewal); err != nil {
		t.Fatal(err)
	}
	f.invoke()
	removed := json.RawMessage(`{"eventName":"REMOVE","eventSource":"aws:dynamodb","dynamodb":{"Keys":{"id":{"S":"a"}},"OldImage":{"id":{"S":"a"},"status":{"S":"pending"}},"SequenceNumber":"9"}}`)
	if out, err := f.p.Invoke(t.Context(), stream(t, removed)); err != nil || string(out) != `{"batchItemFailures":[]}` {
		t.Errorf("%s, %v", out, err)
	}
	if n := f.server.Requests(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// TestASharedChannel: a request has five events at most, and each of another job.
func TestASharedChannel(t *testing.T) {
	f := newFixture(t, func(o *jobevents.Options) { o.Channel = func(_, caller string) []string { return []string{caller} } })
	want := map[string]bool{}
	for i := range 12 {
		id := fmt.Sprint("job-", i)
		f.create(id)
		want[f.view(id)] = true
	}
	f.invoke()
	events := texts(f.server.Events("/jobs/user-1"))
	for _, e := range events {
		delete(want, e)
	}
	if len(events) != 12 || len(want) != 0 || f.server.Requests() != 3 {
		t.Errorf("%d events in %d requests, without %v; want 12 in 3", len(events), f.server.Requests(), want)
	}
}

// TestDefaultLayout: without options the publisher reads a table of dynamostore.
func TestDefaultLayout(t *testing.T) {
	store, err := dynamostore.New[string, answer](unused{}, "table")
	if err != nil || store.Layout() != jobstore.DefaultLayout() {
		t.Errorf("%+v, %v", store.Layout(), err)
	}
}

type unused struct{ dynamostore.Client }

// TestAnotherLayout has names of the store's own, in a table with other items.
func TestAnotherLayout(t *testing.T) {
	store, err := dynamostore.New[string, answer](unused{}, "table", dynamostore.Amplify("Job"), func(o *dynamostore.Options) { o.Attributes.Status = "state" })
	if err != nil {
		t.Fatal(err)
	}
	s := eventstest.Start(t)
	p := newPublisher(t, s, func(o *jobevents.Options) { o.Layout = store.Layout() })
	record := func(sequence, kind, status string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{"SequenceNumber":%q,"Keys":{"id":{"S":"a"}},"NewImage":{"id":{"S":"a"},"__typename":{"S":%q},
			%q:{"S":"complete"},"response":{"M":{"t":{"S":"42"}}},"progress":{"N":"100"},"updatedAt":{"S":"2026-11-26T10:00:00.000Z"},"expiresAt":{"N":"1800000000"},"canceled":{"NULL":true}}}}`, sequence, kind, status))
	}
	out, err := p.Invoke(t.Context(), stream(t, record("1", "Order", "state"), record("2", "Job", "state"), record("3", "Job", "status")))
	if err != nil || string(out) != `{"batchItemFailures":[]}` {
		t.Errorf("%s, %v", out, err)
	}
	at := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	data, err := json.Marshal(jobhttp.ViewOf(&jobstore.Job[string, answer]{
		ID: "a", Status: jobstore.Complete, Output: answer{Text: "42"}, Progress: 100, UpdatedAt: at, ExpiresAt: time.Unix(1800000000, 0).UTC(),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{canonical(data)}, texts(s.Events("/jobs/a"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := p.FilterCriteria(), `{"Filters":[{"Pattern":"{\"dynamodb\":{\"NewImage\":{\"__typename\":{\"S\":[\"Job\"]},\"state\":{\"S\":[{\"exists\":true}]}}}}"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
