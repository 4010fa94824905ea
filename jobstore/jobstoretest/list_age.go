package jobstoretest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// between are the options of jobs of these times.
func between(from, until time.Time) func(*jobstore.ListOptions) {
	return func(o *jobstore.ListOptions) { o.From, o.Until = from, until }
}

// listBounded lists the failures of a span of time in both orders, many of them at its
// ends, and goes on behind each job of the whole list.
func listBounded(f *fixture) {
	for n := range 24 {
		f.failed()
		if n%8 == 7 {
			f.advance(time.Second)
		} else {
			f.advance(-time.Millisecond) // which the settle took
		}
	}
	newest := func(o *jobstore.ListOptions) { o.Newest, o.PageSize = true, 2 }
	for _, order := range []func(*jobstore.ListOptions){newest, func(o *jobstore.ListOptions) { o.PageSize = 3 }} {
		all := f.list(jobstore.FailedJobs, order)
		for _, end := range f.spans(all[0].At, all[len(all)-1].At) {
			within := func(job jobstore.Listed) bool {
				return !job.At.Before(end.from) && (end.until.IsZero() || job.At.Before(end.until))
			}
			for i := range all {
				after := func(o *jobstore.ListOptions) { o.After = all[i].Cursor }
				got := f.list(jobstore.FailedJobs, order, between(end.from, end.until), after)
				if diff := cmp.Diff(only(all[i+1:], within), got, cmpopts.EquateEmpty()); diff != "" {
					f.Fatalf("%s behind job %d (-want +got):\n%s", end, i+1, diff)
				}
			}
			if diff := cmp.Diff(only(all, within), f.list(jobstore.FailedJobs, order, between(end.from, end.until)), cmpopts.EquateEmpty()); diff != "" {
				f.Fatalf("%s (-want +got):\n%s", end, diff)
			}
		}
	}
}

type span struct{ from, until time.Time }

func (s span) String() string { return fmt.Sprintf("from %v until %v", s.from, s.until) }

// spans are some that begin or end between two times, or at one of them, or beside it by less
// than a store keeps.
func (f *fixture) spans(a, b time.Time) (all []span) {
	if b.Before(a) {
		a, b = b, a
	}
	middle, none := a.Add(b.Sub(a)/2), time.Time{}
	return []span{
		{a, b},
		{middle, none},
		{none, middle},
		{middle, middle},
		{b, a},
		{a.Add(1), b.Add(1)},
		{a.Add(-1), b.Add(-1)},
		{b.Add(time.Hour), none},
		{none, a},
		{none, time.UnixMilli(-5)},
	}
}

func only(jobs []jobstore.Listed, want func(jobstore.Listed) bool) []jobstore.Listed {
	return slices.DeleteFunc(slices.Clone(jobs), func(job jobstore.Listed) bool { return !want(job) })
}

// listCreated lists the jobs that were created in a span of time, whatever became of them
// since.
func listCreated(f *fixture) {
	var ids []string
	var at []time.Time
	for range 6 {
		at = append(at, f.now())
		ids = append(ids, f.create().ID)
		f.advance(time.Second)
	}
	for n, id := range ids {
		f.advance(time.Minute)
		if job := f.claim(id); n%2 == 1 {
			f.settle(job, jobstore.Outcome[string]{Status: jobstore.Failed})
		}
	}
	for _, c := range []struct {
		set         jobstore.JobSet
		from, until time.Time
		want        []string
	}{
		{jobstore.UnfinishedJobs, at[2], time.Time{}, []string{ids[2], ids[4]}},
		{jobstore.UnfinishedJobs, time.Time{}, at[2], []string{ids[0]}},
		{jobstore.UnfinishedJobs, at[2], at[4], []string{ids[2]}},
		{jobstore.UnfinishedJobs, at[2].Add(1), at[4].Add(1), []string{ids[4]}},
		{jobstore.FailedJobs, at[1], at[3].Add(1), []string{ids[1], ids[3]}},
		{jobstore.FailedJobs, f.now(), time.Time{}, nil},
	} {
		var got []string
		for _, job := range f.list(c.set, func(o *jobstore.ListOptions) { o.CreatedFrom, o.CreatedUntil, o.PageSize = c.from, c.until, 1 }) {
			got = append(got, job.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			f.Errorf("%s created from %v until %v (-want +got):\n%s", c.set, c.from, c.until, diff)
		}
	}
}
