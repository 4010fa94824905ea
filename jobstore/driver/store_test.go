package driver_test

import (
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

// TestExample runs the suite with the store of the example.
func TestExample(t *testing.T) {
	jobstoretest.Run(t, func(_ *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
		if c.History {
			return nil // it keeps none
		}
		s := NewStore[string, string]()
		s.Now, s.OnLeaseExpiry = c.Now, c.OnLeaseExpiry
		return s
	})
}
