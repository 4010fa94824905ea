//go:build !race

package memstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestRunAllocations keeps the goals that BenchmarkRun measures, as far as they
// are the same on each machine.
func TestRunAllocations(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	jobs := memstore.New[string, string]()
	var id string
	whole := testing.AllocsPerRun(200, func() {
		job, err := jobs.Create(ctx, "question")
		if err == nil {
			err = jobstore.Run(ctx, jobs, job.ID, answer)
		}
		if err != nil {
			t.Fatal(err)
		}
		id = job.ID
	})
	again := testing.AllocsPerRun(200, func() {
		if err := jobstore.Run(ctx, jobs, id, answer); err != nil {
			t.Fatal(err)
		}
	})
	if whole > 62 || again > 20 {
		t.Errorf("a job costs %v allocations, want at most 62; Run on a finished one %v, want at most 20", whole, again)
	}
}
