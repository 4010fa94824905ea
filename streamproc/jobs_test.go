package streamproc_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// TestJobs hands a batch with one job to the dispatcher, as often as Lambda would.
func TestJobs(t *testing.T) {
	boom := errors.New("boom")
	tests := map[string]struct {
		errs   []error // of the handler's calls
		status jobstore.Status
		want   string
	}{
		"a job that completes":        {[]error{nil}, jobstore.Complete, `{"batchItemFailures":[]}`},
		"a job to try again":          {[]error{boom}, jobstore.Pending, `{"batchItemFailures":[{"itemIdentifier":"101"}]}`},
		"a job that fails for good":   {[]error{jobstore.Permanent(boom)}, jobstore.Failed, `{"batchItemFailures":[]}`},
		"a job that succeeds at last": {[]error{boom, boom, nil}, jobstore.Complete, `{"batchItemFailures":[]}`},
		"a job that never succeeds":   {[]error{boom, boom, boom}, jobstore.Failed, `{"batchItemFailures":[]}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			jobs := memstore.New[string, string]()
			if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "1" }); err != nil {
				t.Fatal(err)
			}
			calls := 0
			d := streamproc.Jobs(jobs, func(context.Context, *jobstore.Job[string, string]) (string, error) {
				calls++
				return "out", tt.errs[calls-1]
			}, func(o *streamproc.JobsOptions) {
				o.Logger = slog.New(slog.DiscardHandler)
				o.Run = func(r *jobstore.RunOptions) { r.Logger = o.Logger }
			})
			var out []byte
			var err error
			for range tt.errs {
				if out, err = d.Invoke(t.Context(), batch(pending("1"))); err != nil {
					t.Fatal(err)
				}
			}
			job, err := jobs.Get(t.Context(), "1")
			if err != nil || job.Status != tt.status || string(out) != tt.want {
				t.Errorf("left %s and answered %s (%v), want %s and %s", job.Status, out, err, tt.status, tt.want)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	tests := map[string]struct {
		payload  string
		id, want string
	}{
		"a pending job":    {`{"id":{"S":"a"}},"NewImage":{"status":{"S":"pending"},"x":{}}`, "a", nothingFailed},
		"another status":   {`{"id":{"S":"a"}},"NewImage":{"status":{"S":"complete"}}`, "", nothingFailed},
		"no image":         {`{"id":{"S":"a"}},"StreamViewType":"KEYS_ONLY"`, "", firstFailed},
		"a key of numbers": {`{"id":{"N":"1"}},"NewImage":{"status":{"S":"pending"}}`, "", firstFailed},
		"another key":      {`{"pk":{"S":"a"}},"NewImage":{"id":{"S":"a"},"status":{"S":"pending"}}`, "", firstFailed},
		"no keys":          {`null,"NewImage":{"status":{"S":"pending"}}`, "", firstFailed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			d := streamproc.IDs(func(_ context.Context, id string) error { got = id; return nil },
				func(o *streamproc.JobsOptions) { o.Logger = slog.New(slog.DiscardHandler) })
			out, err := d.Invoke(t.Context(), []byte(`{"Records":[{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":`+tt.payload+`}}]}`))
			if err != nil || got != tt.id || string(out) != tt.want {
				t.Errorf("got ID %q, %s and %v, want %q and %s", got, out, err, tt.id, tt.want)
			}
		})
	}
}

func TestIDAttribute(t *testing.T) {
	got := ""
	d := streamproc.IDs(func(_ context.Context, id string) error { got = id; return nil },
		func(o *streamproc.JobsOptions) { o.IDAttribute = "pk" })
	_, err := d.Invoke(t.Context(), []byte(`{"Records":[{"eventName":"INSERT","dynamodb":{"Keys":{"pk":{"S":"a"}},"NewImage":{"status":{"S":"pending"}}}}]}`))
	if err != nil || got != "a" {
		t.Errorf("got %q, %v, want a", got, err)
	}
}

func TestConstructorsPanic(t *testing.T) {
	fn := func(context.Context, streamproc.Record[any]) error { return nil }
	with := func(set func(*streamproc.Options)) func() { return func() { streamproc.New(fn, set) } }
	for name, construct := range map[string]func(){
		"Handler":     func() { streamproc.New[any](nil) },
		"handler":     func() { streamproc.IDs(nil) },
		"Jobs":        func() { streamproc.Jobs[string, string](nil, nil) },
		"Filter":      with(func(o *streamproc.Options) { o.Filter = streamproc.Filter{} }),
		"filter":      with(func(o *streamproc.Options) { o.Filter = streamproc.Where(nil) }),
		"Needs":       with(func(o *streamproc.Options) { o.Needs = "KEYS" }),
		"Concurrency": with(func(o *streamproc.Options) { o.Concurrency = 0 }),
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(strings.ToLower(v), strings.ToLower(name)) {
					t.Errorf("panicked with %q, want a text that names %s", v, name)
				}
			}()
			construct()
		})
	}
}

func TestHandleReportsAFailure(t *testing.T) {
	var e events.DynamoDBEvent
	if err := json.Unmarshal(batch(pending("1"), pending("2")), &e); err != nil {
		t.Fatal(err)
	}
	d := streamproc.New(func(_ context.Context, r streamproc.Record[queryJob]) error { return failsOn("2")(*r.New) }, quiet)
	response, err := d.Handle(t.Context(), e)
	if err != nil || len(response.BatchItemFailures) != 1 || response.BatchItemFailures[0].ItemIdentifier != "102" {
		t.Errorf("got %v, %v, want a report of 102", response, err)
	}
}
