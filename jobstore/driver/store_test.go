package driver_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

// newStore is of the store in the example. It keeps no history and has no setting.
func newStore(_ *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
	if c.History || c.OnLeaseExpiry == jobstore.Hold || c.Retention != 0 {
		return nil
	}
	return newMapStore(c.Now)
}

func TestExampleStore(t *testing.T) { jobstoretest.Run(t, newStore) }

func TestExampleStoreUnderChaos(t *testing.T) {
	jobstoretest.Chaos(t, newStore, func(o *jobstoretest.ChaosOptions) { o.Jobs = testenv.ChaosJobs(t) })
}
