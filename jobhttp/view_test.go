package jobhttp_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestEveryJobHasAView, also one whose times another program has written.
func TestEveryJobHasAView(t *testing.T) {
	for _, year := range []int{-1, 10_000, 60_000} {
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		j := &jobstore.Job[string, string]{ID: "1", Status: jobstore.Pending, CreatedAt: at, UpdatedAt: at, ExpiresAt: at}
		if _, err := json.Marshal(jobhttp.ViewOf(j)); err != nil {
			t.Errorf("in the year %d: %v", year, err)
		}
	}
}
