package memstore_test

import (
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func newStore(_ *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
	return memstore.New[string, string](func(o *memstore.Options) {
		o.Now, o.OnLeaseExpiry, o.History = c.Now, c.OnLeaseExpiry, c.History
		if c.Retention != 0 {
			o.Retention = c.Retention
		}
	})
}

func TestChaos(t *testing.T) {
	jobstoretest.Chaos(t, newStore, func(o *jobstoretest.ChaosOptions) { o.Jobs = testenv.ChaosJobs(t) })
}

// TestRetention is the one of other stores, so that a fake has jobs as they have.
func TestRetention(t *testing.T) {
	job, err := memstore.New[string, string]().Create(t.Context(), "in")
	if err != nil {
		t.Fatal(err)
	}
	if kept := job.ExpiresAt.Sub(job.CreatedAt).Round(time.Minute); kept != driver.DefaultRetention {
		t.Errorf("the job is kept for %v, want %v", kept, driver.DefaultRetention)
	}
}

func TestStore(t *testing.T) {
	jobstoretest.Run(t, newStore)
}
