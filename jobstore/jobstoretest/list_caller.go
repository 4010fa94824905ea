package jobstoretest

import (
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func (f *fixture) listByCaller(caller string, opts ...func(*jobstore.CallerListOptions)) (jobs []jobstore.CallerJob) {
	f.Helper()
	for job, err := range jobstore.ListByCaller(f.ctx, f.store, caller, opts...) {
		if err != nil {
			f.Fatalf("ListByCaller %q: %v", caller, err)
		}
		jobs = append(jobs, job)
	}
	return jobs
}

// listCallerOwn lists a caller's own jobs in every state, and no others.
func listCallerOwn(f *fixture) {
	f.create()
	f.create(calledBy("userx"))
	var want []string
	for _, end := range []jobstore.Outcome[string]{complete("done"), {Status: jobstore.Failed}, {Status: jobstore.Pending}} {
		job := f.claim(f.create(calledBy("user")).ID)
		f.settle(job, end)
		want = append(want, job.ID)
		f.advance(time.Second)
	}
	created := f.now()
	want = append(want, f.create(calledBy("user")).ID)
	slices.Reverse(want)
	var ids []string
	jobs := f.listByCaller("user")
	for _, job := range jobs {
		ids = append(ids, job.ID)
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		f.Fatalf("the caller's jobs (-want +got):\n%s", diff)
	}
	if !jobs[0].CreatedAt.Equal(created) {
		f.Errorf("the newest was created at %v, want %v", jobs[0].CreatedAt, created)
	}
	if got := f.listByCaller("use"); len(got) != 0 {
		f.Errorf("a caller without jobs has %v", got)
	}
}

// listCallerPages goes on behind each job, many of them of the same millisecond.
func listCallerPages(f *fixture) {
	const jobs = 30
	for n := range jobs {
		f.create(calledBy("user"))
		if n%10 == 9 {
			f.advance(time.Second)
		}
	}
	small := func(o *jobstore.CallerListOptions) { o.PageSize = 4 }
	all := f.listByCaller("user", small)
	ids := map[string]bool{}
	for i, job := range all {
		ids[job.ID] = true
		if i > 0 && job.CreatedAt.After(all[i-1].CreatedAt) {
			f.Errorf("%v comes after %v", job.CreatedAt, all[i-1].CreatedAt)
		}
		rest := f.listByCaller("user", small, func(o *jobstore.CallerListOptions) { o.After = job.Cursor })
		if diff := cmp.Diff(all[i+1:], rest, cmpopts.EquateEmpty()); diff != "" {
			f.Fatalf("behind job %d (-want +got):\n%s", i+1, diff)
		}
	}
	if len(ids) != jobs {
		f.Errorf("listed %d of %d jobs", len(ids), jobs)
	}
}

// listCallerGone goes on behind a job that has expired, and whose record may be deleted.
func listCallerGone(f *fixture) {
	expires := f.now().Add(time.Minute).Truncate(time.Second)
	for n := range 6 {
		f.create(calledBy("user"), func(o *jobstore.CreateOptions) {
			if n == 3 {
				o.ExpiresAt = expires
			}
		})
		f.advance(time.Second)
	}
	all := f.listByCaller("user")
	if len(all) != 6 {
		f.Fatalf("listed %d jobs, want 6", len(all))
	}
	f.advance(time.Minute)
	if diff := cmp.Diff(slices.Delete(slices.Clone(all), 2, 3), f.listByCaller("user")); diff != "" {
		f.Errorf("after one has expired (-want +got):\n%s", diff)
	}
	rest := f.listByCaller("user", func(o *jobstore.CallerListOptions) { o.After = all[2].Cursor })
	if diff := cmp.Diff(all[3:], rest); diff != "" {
		f.Errorf("behind the one that has expired (-want +got):\n%s", diff)
	}
}

// listCallerForeign uses a cursor of another caller's list. It shows the caller's own jobs.
func listCallerForeign(f *fixture) {
	mine := f.create(calledBy("user"))
	f.advance(time.Second)
	f.create(calledBy("another"))
	cursor := f.listByCaller("another")[0].Cursor
	got := f.listByCaller("user", func(o *jobstore.CallerListOptions) { o.After = cursor })
	if len(got) != 1 || got[0].ID != mine.ID {
		f.Errorf("listed %v, want %s", got, mine.ID)
	}
}

func listCallerRefuses(f *fixture) {
	f.create(calledBy("user"))
	cursor := f.listByCaller("user")[0].Cursor
	for _, c := range []struct{ caller, after, reason string }{
		{"", "", "caller"},
		{"a\xff", "", "caller"},
		{"user", "x", "after"},
		{"user", cursor[1:], "after"},
		{"user", "e30", "after"}, // {}
	} {
		var errs []error
		for _, err := range jobstore.ListByCaller(f.ctx, f.store, c.caller, func(o *jobstore.CallerListOptions) { o.After = c.after }) {
			errs = append(errs, err)
		}
		if len(errs) != 1 || slices.Contains(errs, nil) {
			f.Fatalf("caller %q after %q: yielded %v, want one error", c.caller, c.after, errs)
		}
		f.refuses(errs[0], "list", "", c.reason)
	}
}
