package memstore_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/testenv"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func newStore(_ *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
	return memstore.New[string, string](func(o *memstore.Options) {
		o.Now, o.OnLeaseExpiry, o.History = c.Now, c.OnLeaseExpiry, c.History
	})
}

func TestChaos(t *testing.T) {
	jobstoretest.Chaos(t, newStore, func(o *jobstoretest.ChaosOptions) { o.Jobs = testenv.ChaosJobs(t) })
}

func TestStore(t *testing.T) {
	jobstoretest.Run(t, newStore)
}
