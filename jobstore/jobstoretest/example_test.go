package jobstoretest_test

import (
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func ExampleRun() {
	// In a test of your own store:
	_ = func(t *testing.T) {
		jobstoretest.Run(t, func(t *testing.T, now func() time.Time) jobstore.JobStore[string, string] {
			return memstore.New[string, string](func(o *memstore.Options) { o.Now = now })
		})
	}
	// Output:
}
