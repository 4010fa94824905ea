package jobhttp_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// readLater has ann watch the job "1", which is read as first for three seconds, and then as get
// returns it. It returns how long the watch took.
func readLater(t *testing.T, path string, first *job, get func(began time.Time) (*job, error)) (took time.Duration, status int, body string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		first.CreatedAt = began
		h := jobhttp.New(reading(func(context.Context) (*job, error) {
			if time.Since(began) < 3*time.Second {
				return first, nil
			}
			return get(began)
		}), jobhttp.OwnJobs[string, string](user))
		w := call(t, h, "GET", path, "", "User", "ann")
		took, status, body = time.Since(began), w.Code, w.Body.String()
	})
	return took, status, body
}

func pendingOfAnn() *job { return &job{ID: "1", Status: jobstore.Pending, Caller: "ann"} }

// TestAWatchEndsWithItsJobsSuccessor, which the same caller has created under the ID.
func TestAWatchEndsWithItsJobsSuccessor(t *testing.T) {
	for path, want := range map[string]int{"/1/events": 200, "/1?wait=20s": 404} {
		took, status, body := readLater(t, path, pendingOfAnn(), func(began time.Time) (*job, error) {
			next := pendingOfAnn()
			next.CreatedAt, next.ProgressMessage = began.Add(time.Second), "of the next job"
			return next, nil
		})
		if took > 5*time.Second || status != want || strings.Contains(body, "of the next job") {
			t.Errorf("%s: %d after %v: %s", path, status, took, body)
		}
	}
}

// TestAWatchEndsWhenItsJobIsDeleted.
func TestAWatchEndsWhenItsJobIsDeleted(t *testing.T) {
	for path, want := range map[string]int{"/1/events": 200, "/1?wait=20s": 404} {
		took, status, _ := readLater(t, path, pendingOfAnn(), func(time.Time) (*job, error) { return nil, jobstore.ErrNotFound })
		if took > 5*time.Second || status != want {
			t.Errorf("%s: %d after %v", path, status, took)
		}
	}
}

// TestAWatchShowsNoPredecessor: a store that reads from a copy returns the job that had the ID
// before, which was canceled.
func TestAWatchShowsNoPredecessor(t *testing.T) {
	for _, path := range []string{"/1/events", "/1?wait=20s"} {
		now := pendingOfAnn()
		_, status, body := readLater(t, path, now, func(began time.Time) (*job, error) {
			if time.Since(began) > 10*time.Second {
				ended := *now
				ended.Status, ended.Attempt, ended.Output = jobstore.Complete, 1, "the end"
				return &ended, nil
			}
			old := pendingOfAnn()
			old.CreatedAt, old.Status, old.Canceled, old.Attempt = began.Add(-time.Hour), jobstore.Failed, true, 3
			return old, nil
		})
		if status != 200 || !strings.Contains(body, "the end") || strings.Contains(body, `"canceled":true`) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}
