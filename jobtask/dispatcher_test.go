package jobtask_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
	"github.com/asyncpatterns/asyncpatterns/streamproc/streamtest"
)

// TestStream runs 200 jobs of a minute on one shard, once within the stream's
// invocations and once handed off, and prints how long each took in virtual time.
func TestStream(t *testing.T) {
	inline := func(_ *lambdalocal.Local, jobs *memstore.Store[string, string]) lambda.Handler {
		return jobstream.New(jobs, slow)
	}
	handedOff := func(local *lambdalocal.Local, jobs *memstore.Store[string, string]) lambda.Handler {
		return jobtask.Worker("work", local.Client(), jobs, slow)
	}
	within, apart := shard(t, 200, inline), shard(t, 200, handedOff)
	t.Logf("200 jobs of 60 s, in the stream's invocations: %.0f s, handed off: %.0f s", within.Seconds(), apart.Seconds())
	if apart >= 65*time.Second {
		t.Errorf("handed off: %v", apart)
	}
	testenv.Figures(t, "docs/benchmarks.md", "| in the stream's invocations |", 0.05, within.Seconds())
	testenv.Figures(t, "docs/benchmarks.md", "| handed off, each job in an invocation of its own |", 0.05, apart.Seconds())
}

// shard returns how long n jobs took. The mapping runs ten batches at once, the most
// that Lambda allows.
func shard(t *testing.T, n int, handler func(*lambdalocal.Local, *memstore.Store[string, string]) lambda.Handler) (took time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		local := lambdalocal.New(func(o *lambdalocal.Options) { o.Logger = slog.New(slog.DiscardHandler) })
		defer local.Close()
		jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
		fn, err := local.AddFunction("f", handler(local, jobs), func(o *lambdalocal.FunctionOptions) { o.Timeout = 15 * time.Minute })
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for i := range n {
			if _, err := jobs.Create(t.Context(), "question", func(o *jobstore.CreateOptions) { o.ID = fmt.Sprint(i) }); err != nil {
				t.Fatal(err)
			}
		}
		err = fn.MapStream(lambdalocal.Feed(jobs.Changes), func(o *lambdalocal.MappingOptions) {
			o.BatchSize, o.ParallelizationFactor, o.ReportBatchItemFailures = 1, 10, true
			o.FilterCriteria = []string{`{"eventName":["INSERT"]}`}
		})
		if err != nil {
			t.Fatal(err)
		}
		after(24 * time.Hour)
		for i := range n {
			j, err := jobs.Get(t.Context(), fmt.Sprint(i))
			if err != nil || j.Status != jobstore.Complete || j.Attempt != 1 {
				t.Fatalf("%+v, %v\n%s", j, err, local.Trace())
			}
			took = max(took, j.UpdatedAt.Sub(began))
		}
	})
	return took
}

// TestDispatcherFailsByWhatItCannotInvoke, so that the stream delivers it again.
func TestDispatcherFailsByWhatItCannotInvoke(t *testing.T) {
	jobs := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	if _, err := jobs.Create(t.Context(), "question"); err != nil {
		t.Fatal(err)
	}
	records, err := jobs.Changes(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	h := selfinvoke.Wrap(jobtask.New("work", unreachable{}, jobs, slow, quiet).Dispatcher())
	out, err := h.Invoke(t.Context(), fmt.Appendf(nil, `{"Records":[%s]}`, records[0]))
	var failed *streamproc.BatchError
	if !errors.As(err, &failed) || out != nil {
		t.Errorf("got %s, %v, want a *streamproc.BatchError", out, err)
	}
}

// TestForeignEvents: a wrong mapping is an error, and starts nothing.
func TestForeignEvents(t *testing.T) {
	sent, jobs := &queue{}, memstore.New[string, string]()
	for name, h := range map[string]lambda.Handler{
		"Worker":     jobtask.Worker("work", sent, jobs, slow, still),
		"Dispatcher": jobtask.New("work", sent, jobs, slow, quiet).Dispatcher(),
	} {
		out, err := h.Invoke(invocation(), []byte(`{"Records":[{"messageId":"1","body":"{}","eventSource":"aws:sqs"}]}`))
		var foreign *streamproc.EventError
		if !errors.As(err, &foreign) || out != nil || len(sent.events) != 0 {
			t.Errorf("%s: got %s, %v, want a *streamproc.EventError; sent %s", name, out, err, sent.events)
		}
	}
}

// TestDispatcherOptions: the table's key may have another name.
func TestDispatcherOptions(t *testing.T) {
	sent := &queue{}
	work := jobtask.New("work", sent, memstore.New[string, string](), slow, quiet)
	h := work.Dispatcher(func(o *jobstream.FuncOptions) { o.Layout.ID = "pk" })
	stream := streamtest.New(func(o *streamtest.Options) { o.Keys = []string{"pk"} })
	_, err := h.Invoke(t.Context(), streamtest.Payload(stream.Insert(map[string]string{"pk": "job-1", "status": "pending"})))
	if err != nil || len(sent.events) != 1 || !strings.Contains(string(sent.events[0]), `"payload":"job-1"`) {
		t.Errorf("sent %s, %v", sent.events, err)
	}
}
