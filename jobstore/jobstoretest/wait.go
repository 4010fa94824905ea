package jobstoretest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// waitsUntil checks that no claim of the job succeeds before due, and that a claim does then.
func (f *fixture) waitsUntil(id string, due time.Time) {
	f.Helper()
	if got := f.get(id); got.Status != jobstore.Pending || !got.ClaimableFrom.Equal(due) {
		f.Fatalf("the job is %s and claimable from %v, want pending and %v", got.Status, got.ClaimableFrom, due)
	}
	f.advance(due.Sub(f.now()) - time.Millisecond)
	before := f.get(id)
	got, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrNotDue)
	if got == nil || !got.ClaimableFrom.Equal(due) {
		f.Errorf("ErrNotDue came with %+v, want the job, which says when it is due", got)
	}
	if diff := diff(before, f.get(id)); diff != "" {
		f.Errorf("a claim before the time changed the job (-before +after):\n%s", diff)
	}
	f.advance(time.Millisecond)
	if got := f.claim(id); !got.ClaimableFrom.IsZero() {
		f.Errorf("a claimed job says that it is claimable from %v", got.ClaimableFrom)
	}
}

func waitStart(f *fixture) {
	at := f.now().Add(time.Hour)
	job := f.create(func(o *jobstore.CreateOptions) { o.StartAt, o.ExpiresAt = at, at.Add(time.Hour) })
	if diff := diff(job, f.get(job.ID)); diff != "" {
		f.Errorf("Get differs from what Create returned (-created +got):\n%s", diff)
	}
	f.waitsUntil(job.ID, at)
}

// waitStarted creates jobs whose start has come.
func waitStarted(f *fixture) {
	for _, at := range []time.Time{f.now(), f.now().Add(-time.Hour), time.Unix(0, 0), {}} {
		f.claim(f.create(func(o *jobstore.CreateOptions) { o.StartAt = at }).ID)
	}
}

func waitStartRefused(f *fixture) {
	at := f.now().Add(time.Hour)
	for _, o := range []jobstore.CreateOptions{
		{ID: "a", StartAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{ID: "a", StartAt: at, ExpiresAt: at},
		{ID: "a", StartAt: at, ExpiresAt: at.Add(-time.Minute)},
	} {
		_, err := f.store.Create(f.ctx, "input", func(to *jobstore.CreateOptions) { *to = o })
		f.refuses(err, "create", "a", "startAt")
	}
}

func waitReturned(f *fixture) {
	for _, uncounted := range []bool{false, true} {
		id := f.create().ID
		due := f.now().Add(30 * time.Second)
		f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", Uncounted: uncounted, ClaimableFrom: due})
		f.waitsUntil(id, due)
	}
}

// waitPast returns jobs that are due at once: a due time in the past does not let a
// copy of an older claim in.
func waitPast(f *fixture) {
	for _, at := range []time.Time{{}, f.now().Add(-time.Hour)} {
		id := f.create().ID
		f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, ClaimableFrom: at})
		if got := f.get(id); !got.ClaimableFrom.Equal(f.now()) {
			f.Errorf("a job that is returned to be due at %v is claimable from %v, want %v, when it was returned", at, got.ClaimableFrom, f.now())
		}
		f.claim(id)
	}
}

// waitEnded settles with a due time jobs that are not tried again.
func waitEnded(f *fixture) {
	for _, end := range []jobstore.Status{jobstore.Complete, jobstore.Failed} {
		id := f.create().ID
		f.settle(f.claim(id), jobstore.Outcome[string]{Status: end, ClaimableFrom: f.now().Add(time.Hour)})
		if got := f.get(id); !got.ClaimableFrom.IsZero() {
			f.Errorf("a job that ended as %s is claimable from %v", end, got.ClaimableFrom)
		}
		_, err := f.store.Claim(f.ctx, id, f.lease())
		f.fails(err, "claim", id, jobstore.ErrFinished)
	}
}

func waitRefused(f *fixture) {
	held := f.claim(f.create().ID)
	o := jobstore.Outcome[string]{Status: jobstore.Pending, ClaimableFrom: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}
	f.refuses(f.store.Settle(f.ctx, held.Claim(), o), "settle", held.ID, "claimableFrom")
}

// waitCanceled cancels a job that waits.
func waitCanceled(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.StartAt = f.now().Add(time.Hour) }).ID
	if got, err := f.cancel(id); err != nil || !got.Canceled || !got.ClaimableFrom.IsZero() {
		f.Errorf("Cancel returned %+v, %v", got, err)
	}
}

// waitCounts tells attempts that count from those that do not.
func waitCounts(f *fixture) {
	id := f.create().ID
	for n, uncounted := range []bool{true, false, true} {
		f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Uncounted: uncounted})
		want := []int{1, 1, 2}[n]
		if got := f.get(id); got.Uncounted != want {
			f.Errorf("after %d attempts %d did not count, want %d", n+1, got.Uncounted, want)
		}
	}
}

// waitClock has the clocks of workers step back, or stand still. Two claims have ended,
// so a copy of the first is known by its time alone, also when the job is to wait.
func waitClock(f *fixture) {
	for _, c := range []struct{ step, wait time.Duration }{{0, 0}, {-time.Minute, 0}, {-time.Minute, time.Second}} {
		step := c.step
		id, lease := f.create().ID, f.lease()
		claimed := f.now()
		first, err := f.store.Claim(f.ctx, id, lease)
		if err != nil {
			f.Fatal(err)
		}
		settle := func(j *job) {
			f.Helper()
			f.advance(step)
			o := jobstore.Outcome[string]{Status: jobstore.Pending, ClaimableFrom: f.now().Add(c.wait)}
			if err := f.store.Settle(f.ctx, j.Claim(), o); err != nil {
				f.Fatal(err)
			}
		}
		settle(first)
		f.clock.Store(max(f.get(id).ClaimableFrom.UnixMilli(), f.now().UnixMilli()))
		settle(f.claim(id))
		before := f.get(id)
		f.clock.Store(claimed.UnixMilli())
		if _, err := f.store.Claim(f.ctx, id, lease); err == nil {
			f.Errorf("after a step of %v a copy of a claim that has ended was let in", step)
		}
		if diff := diff(before, f.get(id)); diff != "" {
			f.Errorf("after a step of %v a copy of a claim changed the job (-before +after):\n%s", step, diff)
		}
		f.advance(time.Hour)
	}
}

// sweepWaits has a sweep look at jobs that wait: when they are due, since no trigger
// comes back for them.
func sweepWaits(f *fixture) {
	due := f.now().Add(time.Minute)
	started := f.create(func(o *jobstore.CreateOptions) { o.StartAt = due }).ID
	returned := f.create().ID
	f.settle(f.claim(returned), jobstore.Outcome[string]{Status: jobstore.Pending, ClaimableFrom: due})
	f.advance(due.Sub(f.now()) - time.Millisecond)
	if got, _, err := f.sweep(nil); err != nil || len(got) > 0 {
		f.Errorf("before the time a sweep found %v, %v", got, err)
	}
	f.advance(time.Millisecond)
	want := map[string]jobstore.Stuck{}
	for _, id := range []string{started, returned} {
		want[id] = jobstore.Stuck{ID: id, Status: jobstore.Pending, Since: due, Waited: true}
	}
	got, _, err := f.sweep(nil)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		f.Errorf("when they were due a sweep found, with %v (-want +got):\n%s", err, diff)
	}
}
