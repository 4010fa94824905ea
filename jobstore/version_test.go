package jobstore_test

import (
	"slices"
	"testing"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// TestVersion has the states of a job in order. The clocks of its writers differ by an hour.
func TestVersion(t *testing.T) {
	at := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	type job = jobstore.Job[string, string]
	states := []job{
		{Status: jobstore.Pending, UpdatedAt: at},
		{Status: jobstore.Processing, Attempt: 1, UpdatedAt: at.Add(-time.Hour)},
		{Status: jobstore.Processing, Attempt: 1, Reports: 1, UpdatedAt: at.Add(-time.Hour)},
		{Status: jobstore.Processing, Attempt: 1, Reports: 9, UpdatedAt: at.Add(-2 * time.Hour)},
		{Status: jobstore.Processing, Attempt: 1, Reports: 10, UpdatedAt: at.Add(-2 * time.Hour)},
		{Status: jobstore.Processing, Attempt: 1, Reports: 1 << 20, UpdatedAt: at.Add(-2 * time.Hour)},
		{Status: jobstore.Pending, Attempt: 1, Reports: 1 << 20, UpdatedAt: at.Add(-3 * time.Hour)}, // waits for its retry
		{Status: jobstore.Failed, Canceled: true, Attempt: 1, UpdatedAt: at.Add(-3 * time.Hour)},
		{Status: jobstore.Pending, Attempt: 1, UpdatedAt: at.Add(-3*time.Hour + time.Millisecond)}, // reopened
		{Status: jobstore.Processing, Attempt: 2, UpdatedAt: at.Add(-5 * time.Hour)},
		{Status: jobstore.Complete, Attempt: 2, UpdatedAt: at.Add(-6 * time.Hour)},
		{Status: jobstore.Processing, Attempt: 17},
	}
	var versions []string
	for _, s := range states {
		versions = append(versions, s.Version())
	}
	if !slices.IsSorted(versions) || len(slices.Compact(slices.Clone(versions))) != len(versions) {
		t.Errorf("not in order: %q", versions)
	}
}

// TestVersionWithoutAttempts has the states of a job that another program runs. It counts
// no attempts, and may not say when it has changed the job.
func TestVersionWithoutAttempts(t *testing.T) {
	at := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	last := ""
	for _, j := range []jobstore.Job[string, string]{
		{Status: jobstore.Pending, UpdatedAt: at},
		{Status: jobstore.Processing, UpdatedAt: at},
		{Status: jobstore.Failed, UpdatedAt: at},
		{Status: jobstore.Pending, UpdatedAt: at.Add(time.Second)}, // reopened
		{Status: jobstore.Processing, UpdatedAt: at.Add(2 * time.Second)},
		{Status: jobstore.Complete, UpdatedAt: at.Add(2 * time.Second)},
	} {
		if v := j.Version(); v <= last {
			t.Errorf("%s: %s is not above %s", j.Status, v, last)
		} else {
			last = v
		}
	}
}
