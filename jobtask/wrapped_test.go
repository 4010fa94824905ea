package jobtask_test

import (
	"errors"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestStartWithoutWrap: nothing would run the job, so the sender has to know. The job
// stays for the sweep.
func TestStartWithoutWrap(t *testing.T) {
	jobs, client := memstore.New[string, string](), &queue{}
	work := jobtask.New("work", client, jobs, answer)
	for range 2 { // the second one is a redelivery
		if err := work.Start(invocation(), "delivery", "Sales?"); !errors.Is(err, selfinvoke.ErrNotWrapped) || len(client.events) > 0 {
			t.Errorf("got %v and %d events", err, len(client.events))
		}
	}
	if job, err := jobs.Get(t.Context(), "delivery"); err != nil || job.Status != jobstore.Pending {
		t.Errorf("the job is %+v, %v", job, err)
	}
}

// TestWorkerIsWrapped: the stream's handler knows its own task.
func TestWorkerIsWrapped(t *testing.T) {
	jobs, client := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true }), &queue{}
	if _, err := jobs.Create(t.Context(), "Sales?"); err != nil {
		t.Fatal(err)
	}
	event := pendingEvent(t.Context(), jobs)
	if out, err := jobtask.Worker("work", client, jobs, answer).Invoke(invocation(), event); err != nil || len(client.events) != 1 {
		t.Errorf("got %s, %v and %d events", out, err, len(client.events))
	}
	lost := jobtask.New("work", client, jobs, answer).Dispatcher()
	if out, err := lost.Invoke(invocation(), event); err == nil && string(out) == `{"batchItemFailures":[]}` || len(client.events) != 1 {
		t.Errorf("without Wrap: got %s, %v and %d events", out, err, len(client.events))
	}
}
