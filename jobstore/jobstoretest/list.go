package jobstoretest

import (
	"math"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

func (f *fixture) list(set jobstore.JobSet, opts ...func(*jobstore.ListOptions)) (all []jobstore.Listed) {
	f.Helper()
	for job, err := range jobstore.List(f.ctx, f.store, set, opts...) {
		if err != nil {
			f.Fatalf("List: %v", err)
		}
		all = append(all, job)
	}
	return all
}

// lists checks what a set has, without the cursors.
func (f *fixture) lists(set jobstore.JobSet, want ...jobstore.Listed) {
	f.Helper()
	if diff := cmp.Diff(want, f.list(set), cmpopts.IgnoreFields(jobstore.Listed{}, "Cursor")); diff != "" {
		f.Errorf("%s (-want +got):\n%s", set, diff)
	}
}

// listSets has a job go through the sets.
func listSets(f *fixture) {
	f.settle(f.claim(f.create().ID), complete("done"))
	f.failed(func(o *jobstore.CreateOptions) { o.ExpiresAt = f.now().Add(time.Minute) })
	f.advance(time.Hour)
	want := jobstore.Listed{ID: f.create().ID, Status: jobstore.Pending, At: f.now().Add(pickUp), CreatedAt: f.now()}
	f.lists(jobstore.UnfinishedJobs, want)
	f.advance(time.Second)
	held := f.claim(want.ID)
	want.Status, want.Attempt, want.At, want.ClaimableFrom = jobstore.Processing, 1, held.LeaseUntil, held.LeaseUntil
	f.lists(jobstore.UnfinishedJobs, want)
	f.settle(held, jobstore.Outcome[string]{Status: jobstore.Failed})
	f.lists(jobstore.UnfinishedJobs)
	f.lists(jobstore.CanceledJobs)
	want.Status, want.At, want.ClaimableFrom = jobstore.Failed, f.now(), time.Time{}
	f.lists(jobstore.FailedJobs, want)
}

// listWaiting shows when jobs are due: at their start, and after a back-off.
func listWaiting(f *fixture) {
	start, created := f.now().Add(time.Hour), f.now()
	id := f.create(func(o *jobstore.CreateOptions) { o.StartAt = start }).ID
	f.lists(jobstore.UnfinishedJobs, jobstore.Listed{ID: id, Status: jobstore.Pending, At: start, ClaimableFrom: start, CreatedAt: created})
	f.advance(time.Hour)
	again := start.Add(10 * time.Minute)
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", ClaimableFrom: again})
	f.lists(jobstore.UnfinishedJobs, jobstore.Listed{
		ID: id, Status: jobstore.Pending, At: again, ClaimableFrom: again, CreatedAt: created, Attempt: 1, Error: "busy",
	})
}

// listCanceled tells canceled jobs from those that failed.
func listCanceled(f *fixture) {
	id, created := f.create().ID, f.now()
	f.advance(time.Second)
	if _, err := f.cancel(id); err != nil {
		f.Fatal(err)
	}
	f.lists(jobstore.UnfinishedJobs)
	f.lists(jobstore.FailedJobs)
	f.lists(jobstore.CanceledJobs, jobstore.Listed{ID: id, Status: jobstore.Failed, At: f.now(), CreatedAt: created, Error: f.get(id).Error})
}

// listReopened has a failed job reopened.
func listReopened(f *fixture) {
	job := f.failed()
	f.advance(time.Second)
	f.retry(job.ID)
	f.lists(jobstore.FailedJobs)
	f.lists(jobstore.UnfinishedJobs, jobstore.Listed{
		ID: job.ID, Status: jobstore.Pending, At: f.now(), ClaimableFrom: f.now(), CreatedAt: job.CreatedAt, Attempt: 1, Error: "503",
	})
}

// listHandOvers shows what sweeps did: to a pending job, and when a worker has it.
func listHandOvers(f *fixture) {
	want := jobstore.Listed{ID: f.create().ID, Status: jobstore.Pending, CreatedAt: f.now(), HandOvers: 1}
	f.advance(pickUp)
	want.At, want.HandedOverAt = f.now().Add(time.Hour), f.now()
	f.rearm(f.stuck()[0], want.At)
	f.lists(jobstore.UnfinishedJobs, want)
	f.advance(time.Second)
	held := f.claim(want.ID)
	want.Status, want.Attempt, want.HandOvers, want.At, want.ClaimableFrom = jobstore.Processing, 1, 0, held.LeaseUntil, held.LeaseUntil
	f.lists(jobstore.UnfinishedJobs, want)
}

// listOrdered lists failures in both orders, many of them at the same time, and goes on
// behind each of them.
func listOrdered(f *fixture) {
	const jobs = 30
	for n := range jobs {
		f.failed()
		if n%10 == 9 {
			f.advance(time.Second)
		} else {
			f.advance(-time.Millisecond) // which the settle took
		}
	}
	for _, newest := range []bool{false, true} {
		order := func(o *jobstore.ListOptions) { o.Newest, o.PageSize = newest, 2 }
		all := f.list(jobstore.FailedJobs, order)
		ids := map[string]bool{}
		for i, job := range all {
			ids[job.ID] = true
			if i > 0 && (newest && job.At.After(all[i-1].At) || !newest && job.At.Before(all[i-1].At)) {
				f.Errorf("newest first: %t: %v comes after %v", newest, job.At, all[i-1].At)
			}
			rest := f.list(jobstore.FailedJobs, order, func(o *jobstore.ListOptions) { o.After = job.Cursor })
			if diff := cmp.Diff(all[i+1:], rest, cmpopts.EquateEmpty()); diff != "" {
				f.Fatalf("newest first: %t: behind job %d (-want +got):\n%s", newest, i+1, diff)
			}
		}
		if len(ids) != jobs {
			f.Errorf("newest first: %t: listed %d of %d jobs", newest, len(ids), jobs)
		}
	}
}

// listGone goes on behind a job that has left the set.
func listGone(f *fixture) {
	for range 6 {
		f.failed()
		f.advance(time.Second)
	}
	all := f.list(jobstore.FailedJobs)
	f.retry(all[2].ID)
	rest := f.list(jobstore.FailedJobs, func(o *jobstore.ListOptions) { o.After = all[2].Cursor })
	if diff := cmp.Diff(all[3:], rest); diff != "" {
		f.Errorf("behind a job that is gone (-want +got):\n%s", diff)
	}
	var two []jobstore.Listed
	for job, err := range jobstore.List(f.ctx, f.store, jobstore.FailedJobs) {
		if err != nil {
			f.Fatal(err)
		}
		if two = append(two, job); len(two) == 2 {
			break
		}
	}
	if diff := cmp.Diff(all[:2], two); diff != "" {
		f.Errorf("the first two (-want +got):\n%s", diff)
	}
}

func listRefuses(f *fixture) {
	f.failed()
	cursor := f.list(jobstore.FailedJobs)[0].Cursor
	for _, c := range []struct {
		set    jobstore.JobSet
		after  string
		reason string
	}{
		{"", "", "set"},
		{"complete", "", "set"},
		{jobstore.FailedJobs, "x", "after"},
		{jobstore.FailedJobs, cursor[1:], "after"},
		{jobstore.FailedJobs, "e30", "after"}, // {}
		{jobstore.FailedJobs, driver.Cursor{At: math.MaxInt64, ID: "a"}.String(), "after"},
	} {
		var errs []error
		for _, err := range jobstore.List(f.ctx, f.store, c.set, func(o *jobstore.ListOptions) { o.After = c.after }) {
			errs = append(errs, err)
		}
		if len(errs) != 1 || slices.Contains(errs, nil) {
			f.Fatalf("set %q after %q: yielded %v, want one error", c.set, c.after, errs)
		}
		f.refuses(errs[0], "list", "", c.reason)
	}
}
