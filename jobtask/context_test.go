package jobtask_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

type traceKey struct{}

// traced carries the tenant of the metadata as a trace.
func traced(o *selfinvoke.Options) {
	o.Inject = func(ctx context.Context, trace map[string]string) {
		trace["tenant"] = selfinvoke.Metadata(ctx)["tenant"]
	}
	o.Extract = func(ctx context.Context, trace map[string]string) context.Context {
		return context.WithValue(ctx, traceKey{}, "of "+trace["tenant"])
	}
}

// told is what its context tells a handler.
func told(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
	return fmt.Sprintf("%s for %q, %v", selfinvoke.ID(ctx), selfinvoke.Metadata(ctx)["tenant"], ctx.Value(traceKey{})), nil
}

// TestPassesLeaveHops for the tasks that the jobs' handlers invoke: a chain of events, each sent
// for a job that another's invocation had no time for, is shorter than a chain may be.
func TestPassesLeaveHops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, jobs, most := &queue{}, memstore.New[string, string](), 0
		h := jobtask.Worker("work", client, jobs, func(ctx context.Context, _ *jobstore.Job[string, string]) (string, error) {
			most = max(most, selfinvoke.Hop(ctx))
			return "", nil
		}, still, func(o *jobtask.WorkerOptions) { o.MaxJobs = 2 })
		for range 40 {
			if _, err := jobs.Create(t.Context(), "Sales?"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		client.events = [][]byte{envelope(t, "none")}
		for n := 0; n < len(client.events); n++ {
			ctx, cancel := context.WithTimeout(invocation(), 15*time.Minute)
			defer cancel()
			if _, err := h.Invoke(ctx, client.events[n]); err != nil {
				t.Fatal(err)
			}
		}
		if most != 6 {
			t.Errorf("handlers run at up to %d hops, want 6 of 12", most)
		}
	})
}

// TestAJobHasNothingOfAnothersEvent: what the first job's event carries is not seen by others that
// its invocation runs, or sends an event for. The ID, which handlers use as a key, is each job's own.
func TestAJobHasNothingOfAnothersEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, jobs := &queue{}, memstore.New[string, string]()
		h := jobtask.Worker("work", client, jobs, told, still, func(o *jobtask.WorkerOptions) { o.Task, o.MaxJobs = traced, 2 })
		front := jobtask.New("work", client, jobs, told, quiet, func(o *jobtask.Options) {
			o.Task = func(o *selfinvoke.Options) { o.Function = "f"; traced(o) }
		})
		if err := front.Start(selfinvoke.WithMetadata(invocation(), map[string]string{"tenant": "A"}), "a", "Sales?"); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"b", "c"} {
			time.Sleep(time.Second)
			if _, err := jobs.Create(t.Context(), "Sales?", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		for n := range 2 { // the second event is the first invocation's, for the job that was left
			ctx, cancel := context.WithTimeout(invocation(), 15*time.Minute)
			defer cancel()
			if _, err := h.Invoke(ctx, client.events[n]); err != nil {
				t.Fatal(err)
			}
		}
		if sent := string(client.events[1]); !strings.Contains(sent, `"hop":2`) {
			t.Errorf("the hop is not counted: %s", sent)
		}
		for id, want := range map[string]string{
			"a": `a for "A", of A`,
			"b": `b for "", of `,
			"c": `c for "", of `,
		} {
			if job, err := jobs.Get(t.Context(), id); err != nil || job.Output != want {
				t.Errorf("job %s: %q, %v; want %q", id, job.Output, err, want)
			}
		}
	})
}

// TestAJobKnowsThatItsInvocationEnds: [selfinvoke.Ending] is that of the task, in the event's own
// job and in others.
func TestAJobKnowsThatItsInvocationEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs, ending := memstore.New[string, string](), map[string]bool{}
		h := jobtask.Worker("work", &queue{}, jobs, func(ctx context.Context, job *jobstore.Job[string, string]) (string, error) {
			ending[job.ID] = selfinvoke.Ending(ctx)
			return "", nil
		}, still, func(o *jobtask.WorkerOptions) {
			o.Task = func(o *selfinvoke.Options) { o.EndingBefore = time.Hour }
		})
		for _, id := range []string{"own", "other"} {
			if _, err := jobs.Create(t.Context(), "Sales?", func(o *jobstore.CreateOptions) { o.ID = id }); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(invocation(), 15*time.Minute)
		defer cancel()
		if _, err := h.Invoke(ctx, envelope(t, "own")); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"own", "other"} {
			if !ending[id] {
				t.Errorf("the job %s was not told", id)
			}
		}
	})
}
