package jobtask_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobstream"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// trigger creates a job with an input, and has the handler run it.
type trigger func(ctx context.Context, jobs *memstore.Store[string, string], q *queue, h jobstore.Handler[string, string], input string) error

// leased runs a job of this many KB as start has it run, and returns how long its first
// lease is, and the event if there is one.
func leased(t *testing.T, kb int, start trigger) (lease time.Duration, event string) {
	synctest.Test(t, func(t *testing.T) {
		jobs, q := memstore.New[string, string](func(o *memstore.Options) { o.Stream = true }), &queue{}
		err := start(invocation(), jobs, q, func(_ context.Context, job *jobstore.Job[string, string]) (string, error) {
			lease = time.Until(job.LeaseUntil)
			return "out", nil
		}, strings.Repeat("x", kb<<10-100))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range q.events {
			event += string(e)
		}
	})
	return lease, event
}

// TestTheFirstLeaseOfALargeJob is as long as the others, since each trigger of a new job tells
// its size. An event of a small job has no more than the ID.
func TestTheFirstLeaseOfALargeJob(t *testing.T) {
	for name, start := range map[string]trigger{
		"Worker": func(ctx context.Context, jobs *memstore.Store[string, string], q *queue, h jobstore.Handler[string, string], input string) error {
			worker := jobtask.Worker("work", q, jobs, h, still)
			if _, err := jobs.Create(ctx, input, func(o *jobstore.CreateOptions) { o.ID = "job-1" }); err != nil {
				return err
			}
			if _, err := worker.Invoke(ctx, pendingEvent(ctx, jobs)); err != nil {
				return err
			}
			_, err := worker.Invoke(ctx, q.events[0])
			return err
		},
		"Start": func(ctx context.Context, jobs *memstore.Store[string, string], q *queue, h jobstore.Handler[string, string], input string) error {
			task := jobtask.New("work", q, jobs, h, quiet)
			wrapped := selfinvoke.Wrap(starter(func(ctx context.Context) error { return task.Start(ctx, "job-1", input) }), task)
			if _, err := wrapped.Invoke(ctx, []byte(`{}`)); err != nil {
				return err
			}
			_, err := wrapped.Invoke(ctx, q.events[0])
			return err
		},
		"jobstream": func(ctx context.Context, jobs *memstore.Store[string, string], _ *queue, h jobstore.Handler[string, string], input string) error {
			if _, err := jobs.Create(ctx, input); err != nil {
				return err
			}
			d := jobstream.New(jobs, h, func(o *jobstream.Options) { o.Logger = slog.New(slog.DiscardHandler) })
			_, err := d.Invoke(ctx, pendingEvent(ctx, jobs))
			return err
		},
	} {
		for kb, want := range map[int]time.Duration{1: 2 * time.Minute, 200: 8*time.Minute + 4*time.Second} {
			lease, event := leased(t, kb, start)
			if lease.Round(time.Second) != want {
				t.Errorf("%s: the first lease of a job of %d KB is for %v, want %v", name, kb, lease, want)
			}
			if small := strings.Contains(event, `"payload":"job-1"`); event != "" && small != (kb == 1) {
				t.Errorf("%s: the event of a job of %d KB is %s", name, kb, event)
			}
		}
	}
}

// starter is a handler that starts a job.
type starter func(context.Context) error

func (s starter) Invoke(ctx context.Context, _ []byte) ([]byte, error) { return nil, s(ctx) }

// TestPayloads that no task has sent run nothing.
func TestPayloads(t *testing.T) {
	for _, bad := range []string{`{"id":"job-1","size":-1}`, `{"id":"job-1","size":"1"}`, `{"id":7}`, `{"id":"job-1"}`, `{"ID":"job-1","SIZE":1}`, `{}`, `7`, `[]`} {
		jobs := memstore.New[string, string]()
		if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = "job-1" }); err != nil {
			t.Fatal(err)
		}
		event := strings.Replace(string(envelope(t, "job-1")), `"payload":"job-1"`, `"payload":`+bad, 1)
		_, err := jobtask.Worker("work", &queue{}, jobs, answer, still).Invoke(invocation(), []byte(event))
		if job, _ := jobs.Get(t.Context(), "job-1"); err == nil || job.Attempt != 0 {
			t.Errorf("%s: %v, and the job is in attempt %d", bad, err, job.Attempt)
		}
	}
}

// TestPayloadsAreReadByExactNames: a member whose name differs in case names no other job.
func TestPayloadsAreReadByExactNames(t *testing.T) {
	jobs := memstore.New[string, string]()
	for _, id := range []string{"job-1", "job-2"} {
		if _, err := jobs.Create(t.Context(), "in", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
			t.Fatal(err)
		}
	}
	event := strings.Replace(string(envelope(t, "job-1")), `"payload":"job-1"`, `"payload":{"id":"job-1","size":20000,"ID":"job-2","Size":-1}`, 1)
	if _, err := jobtask.Worker("work", &queue{}, jobs, answer, still).Invoke(invocation(), []byte(event)); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]jobstore.Status{"job-1": jobstore.Complete, "job-2": jobstore.Pending} {
		if job, err := jobs.Get(t.Context(), id); err != nil || job.Status != want {
			t.Errorf("%s: %v, want %s", id, job, want)
		}
	}
}
