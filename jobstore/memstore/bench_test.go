package memstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

type job = jobstore.Job[string, string]

func answer(_ context.Context, _ *job) (string, error) { return "answer", nil }

// BenchmarkRun costs what jobs cost beside their work. The context has a deadline,
// as in Lambda.
func BenchmarkRun(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	b.Run("create to settle", func(b *testing.B) {
		b.ReportAllocs()
		jobs := memstore.New[string, string]()
		for n := 0; b.Loop(); n++ {
			if n%1000 == 0 { // what the collector scans for an ever larger store is not the job's cost
				jobs = memstore.New[string, string]()
			}
			job, err := jobs.Create(ctx, "question")
			if err != nil {
				b.Fatal(err)
			}
			if err := jobstore.Run(ctx, jobs, job.ID, answer); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("complete already", func(b *testing.B) {
		b.ReportAllocs()
		jobs := memstore.New[string, string]()
		job, err := jobs.Create(ctx, "question")
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := jobstore.Run(ctx, jobs, job.ID, answer); err != nil {
				b.Fatal(err)
			}
		}
	})
}
