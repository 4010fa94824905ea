package jobtask_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
)

// TestAnInvocationRunsOthersThatWait as far as its time and MaxJobs go, and then sends one
// event for those that are left.
func TestAnInvocationRunsOthersThatWait(t *testing.T) {
	for name, c := range map[string]struct {
		time         time.Duration // of the invocation
		waited       time.Duration // by the jobs
		maxJobs      int
		done, events int
	}{
		"all of them":                  {15 * time.Minute, time.Minute, 100, 4, 0},
		"as many as MaxJobs":           {15 * time.Minute, time.Minute, 2, 2, 1},
		"as many as there is time for": {4*time.Minute + 30*time.Second, time.Minute, 100, 3, 1},
		"its own, by option":           {15 * time.Minute, time.Minute, 1, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, jobs := &queue{}, memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
				for range 4 {
					if _, err := jobs.Create(t.Context(), "Sales?"); err != nil {
						t.Fatal(err)
					}
				}
				records, err := jobs.Changes(t.Context(), "", 10)
				if err != nil {
					t.Fatal(err)
				}
				event, err := json.Marshal(map[string]any{"Records": records})
				if err != nil {
					t.Fatal(err)
				}
				h := jobtask.Worker("work", client, jobs, slow, still, func(o *jobtask.WorkerOptions) { o.MaxJobs = c.maxJobs })
				if _, err := h.Invoke(invocation(), event); err != nil || len(client.events) != 4 {
					t.Fatalf("%v, %d events", err, len(client.events))
				}
				time.Sleep(c.waited)
				ctx, cancel := context.WithTimeout(invocation(), c.time)
				defer cancel()
				if _, err := h.Invoke(ctx, client.events[0]); err != nil {
					t.Fatal(err)
				}
				left := 0
				for range jobstore.List(t.Context(), jobs, jobstore.UnfinishedJobs) {
					left++
				}
				if 4-left != c.done || len(client.events)-4 != c.events {
					t.Errorf("%d jobs are done, %d events were sent; want %d and %d", 4-left, len(client.events)-4, c.done, c.events)
				}
			})
		})
	}
}
