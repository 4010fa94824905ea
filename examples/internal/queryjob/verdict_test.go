package queryjob

import (
	"context"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// TestALongWait: a service that asks for years neither ends the job nor has it wait for them.
func TestALongWait(t *testing.T) {
	jobs := memstore.New[string, string]()
	for asked, want := range map[time.Duration]time.Duration{20 * time.Minute: 20 * time.Minute, 60 * 365 * 24 * time.Hour: time.Hour} {
		job, err := jobs.Create(t.Context(), "why?")
		if err != nil {
			t.Fatal(err)
		}
		_ = jobstore.Run(t.Context(), jobs, job.ID, func(context.Context, *jobstore.Job[string, string]) (string, error) {
			return "", verdict(&outbound.StatusError{Code: 429, RetryAfter: asked})
		})
		job, err = jobs.Get(t.Context(), job.ID)
		if err != nil {
			t.Fatal(err)
		}
		if wait := time.Until(job.ClaimableFrom); job.Status != jobstore.Pending || (wait-want).Abs() > time.Minute {
			t.Errorf("asked for %v: %s, for %v; want %v", asked, job.Status, wait, want)
		}
	}
}
