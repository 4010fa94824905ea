package jobstoretest

import (
	"context"
	"errors"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// lists checks that the store lists the jobs that did not end well, as their records are.
func (w *witness) lists() {
	want := map[jobstore.JobSet]int{}
	for _, j := range w.last {
		want[setOf(j)]++
	}
	for _, set := range []jobstore.JobSet{jobstore.UnfinishedJobs, jobstore.FailedJobs, jobstore.CanceledJobs} {
		got := 0
		for listed, err := range jobstore.List(context.Background(), w.inner, set) {
			switch {
			case errors.Is(err, errors.ErrUnsupported):
				return
			case err != nil:
				w.t.Errorf("list of %s jobs: %v", set, err)
			default:
				got++
				w.listed(set, listed)
			}
		}
		if got != want[set] {
			w.t.Errorf("listed %d %s jobs, want %d", got, set, want[set])
		}
	}
}

func setOf(j *job) jobstore.JobSet {
	switch {
	case !j.Status.Finished():
		return jobstore.UnfinishedJobs
	case j.Canceled:
		return jobstore.CanceledJobs
	case j.Status == jobstore.Failed:
		return jobstore.FailedJobs
	}
	return ""
}

func (w *witness) listed(set jobstore.JobSet, got jobstore.Listed) {
	j := w.last[got.ID]
	if j == nil || setOf(j) != set {
		w.t.Errorf("%s is listed as %s, and is not", got.ID, set)
		return
	}
	want := jobstore.Listed{
		ID: j.ID, Status: j.Status, At: got.At, Attempt: j.Attempt, CreatedAt: j.CreatedAt,
		HandOvers: j.HandOvers, HandedOverAt: j.HandedOverAt, Error: driver.Excerpt(j.Error, j.ErrorDetail), Cursor: got.Cursor,
	}
	if got != want {
		w.t.Errorf("%s is listed as %+v, want %+v", got.ID, got, want)
	}
}
