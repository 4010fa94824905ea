package jobstoretest_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func ExampleRun() {
	// In a test of your own store:
	_ = func(t *testing.T) {
		jobstoretest.Run(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
			return memstore.New[string, string](func(o *memstore.Options) {
				o.Now, o.OnLeaseExpiry, o.History = c.Now, c.OnLeaseExpiry, c.History
				if c.Retention != 0 {
					o.Retention = c.Retention
				}
			})
		})
	}
	// Output:
}

func ExampleChaos() {
	// In a test of your own store:
	_ = func(t *testing.T) {
		jobstoretest.Chaos(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
			return memstore.New[string, string](func(o *memstore.Options) { o.Now = c.Now })
		}, func(o *jobstoretest.ChaosOptions) { o.Seed = 42 }) // the seed that a failure printed
	}
	// Output:
}
