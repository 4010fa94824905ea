package jobstoretest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func settleComplete(f *fixture) {
	id := f.create().ID
	held := f.claim(id)
	f.advance(time.Second)
	f.settle(held, jobstore.Outcome[string]{
		Status: jobstore.Complete, Output: "output", Error: "ignored", Detail: "ignored", Progress: &jobstore.Progress{Percent: 100, Message: "done"},
	})
	want := *held
	want.Status, want.Output, want.UpdatedAt = jobstore.Complete, "output", f.now()
	want.LeaseUntil, want.SweepAt = time.Time{}, time.Time{}
	want.Progress, want.ProgressMessage = 100, "done"
	if diff := diff(&want, f.get(id)); diff != "" {
		f.Errorf("after settle (-want +got):\n%s", diff)
	}
}

func settleError(f *fixture) {
	id := f.create().ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Failed, Output: "ignored", Error: "no luck"})
	if got := f.get(id); got.Status != jobstore.Failed || got.Error != "no luck" || got.Output != "" {
		f.Errorf("after settle: %+v", got)
	}
}

func settlePending(f *fixture) {
	id := f.create().ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy"})
	if got := f.get(id); got.Status != jobstore.Pending || got.Error != "busy" || !got.LeaseUntil.IsZero() {
		f.Errorf("after settle: %+v", got)
	}
	second := f.claim(id)
	if second.Attempt != 2 {
		f.Errorf("attempt %d, want 2", second.Attempt)
	}
	f.settle(second, complete("done"))
	if got := f.get(id); got.Error != "" {
		f.Errorf("a complete job still has the error %q", got.Error)
	}
}

func settleFenced(f *fixture) {
	id := f.create().ID
	lost := f.claim(id)
	f.advance(time.Minute)
	held := f.claim(id)
	for _, status := range []jobstore.Status{jobstore.Complete, jobstore.Failed, jobstore.Pending} {
		err := f.store.Settle(f.ctx, lost.Claim(), jobstore.Outcome[string]{Status: status, Output: "stale"})
		f.fails(err, "settle", id, jobstore.ErrLeaseLost)
	}
	if diff := diff(held, f.get(id)); diff != "" {
		f.Errorf("a lost lease changed the job (-held +got):\n%s", diff)
	}
	f.fails(f.store.Settle(f.ctx, jobstore.Claim{ID: "missing", Owner: "o"}, complete("")), "settle", "missing", jobstore.ErrLeaseLost)
}

func settleFinal(f *fixture) {
	for _, final := range []jobstore.Status{jobstore.Complete, jobstore.Failed} {
		id := f.create().ID
		held := f.claim(id)
		f.settle(held, jobstore.Outcome[string]{Status: final, Output: "first", Error: "first"})
		before := f.get(id)
		for _, next := range []jobstore.Status{jobstore.Complete, jobstore.Failed, jobstore.Pending} {
			err := f.store.Settle(f.ctx, held.Claim(), jobstore.Outcome[string]{Status: next, Output: "second", Error: "second"})
			if next != final {
				f.fails(err, "settle", id, jobstore.ErrLeaseLost)
			}
		}
		f.advance(time.Hour)
		_, err := f.store.Claim(f.ctx, id, f.lease())
		f.fails(err, "claim", id, jobstore.ErrFinished)
		if diff := cmp.Diff(before, f.get(id)); diff != "" {
			f.Errorf("%s is not final (-before +after):\n%s", final, diff)
		}
	}
}

func settleRepeats(f *fixture) {
	for _, status := range []jobstore.Status{jobstore.Complete, jobstore.Failed, jobstore.Pending} {
		held := f.claim(f.create().ID)
		f.settle(held, jobstore.Outcome[string]{Status: status, Output: "out", Error: "why"})
		if err := f.store.Settle(f.ctx, held.Claim(), jobstore.Outcome[string]{Status: status, Output: "out", Error: "why"}); err != nil {
			f.Errorf("repeating a settle to %s that took effect: %v", status, err)
		}
	}
}

func settleRefuses(f *fixture) {
	id := f.create().ID
	held := f.claim(id)
	for _, status := range []jobstore.Status{"", jobstore.Processing, "done"} {
		f.fails(f.store.Settle(f.ctx, held.Claim(), jobstore.Outcome[string]{Status: status}), "settle", id, jobstore.ErrInvalid)
	}
	bad := jobstore.Outcome[string]{Status: jobstore.Complete, Progress: &jobstore.Progress{Percent: 101}}
	f.fails(f.store.Settle(f.ctx, held.Claim(), bad), "settle", id, jobstore.ErrInvalid)
	if diff := diff(held, f.get(id)); diff != "" {
		f.Errorf("a refused settle changed the job (-held +got):\n%s", diff)
	}
}

func settleDetail(f *fixture) {
	id := f.create().ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", Detail: "https://upstream answered 503"})
	if got := f.get(id); got.Error != "busy" || got.ErrorDetail != "https://upstream answered 503" {
		f.Errorf("stored %q and %q, want both texts", got.Error, got.ErrorDetail)
	}
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending})
	if got := f.get(id); got.Error != "" || got.ErrorDetail != "" {
		f.Errorf("an outcome without an error left %q and %q", got.Error, got.ErrorDetail)
	}
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Complete, Output: "out", Detail: "ignored"})
	if got := f.get(id); got.ErrorDetail != "" {
		f.Errorf("a complete job has the detail %q", got.ErrorDetail)
	}
}

// settleUncounted gives one attempt back as often as it likes.
func settleUncounted(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 }).ID
	for n := 1; n <= 3; n++ {
		held := f.claim(id)
		for range 2 { // it is safe to repeat
			f.settle(held, jobstore.Outcome[string]{Status: jobstore.Pending, Uncounted: true})
		}
		if got := f.get(id); got.Attempt != n || got.MaxAttempts != n+1 {
			f.Fatalf("attempt %d of %d, want %d of %d", got.Attempt, got.MaxAttempts, n, n+1)
		}
	}
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending})
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrAbandoned)
}

// settleUncountedEnd has a job end in an attempt that does not count.
func settleUncountedEnd(f *fixture) {
	for _, end := range []jobstore.Status{jobstore.Complete, jobstore.Failed} {
		held := f.claim(f.create().ID)
		f.settle(held, jobstore.Outcome[string]{Status: end, Uncounted: true})
		if got := f.get(held.ID); got.MaxAttempts != held.MaxAttempts {
			f.Errorf("a job that ended as %s has %d attempts allowed, want %d", end, got.MaxAttempts, held.MaxAttempts)
		}
	}
}

// settleForeign has a late worker meet an outcome of its own status that it has not
// written.
func settleForeign(f *fixture) {
	for name, o := range map[string]jobstore.Outcome[string]{
		"complete": complete("theirs"),
		"failed":   {Status: jobstore.Failed, Error: "theirs"},
		"pending":  {Status: jobstore.Pending, Error: "theirs"},
	} {
		id := f.create().ID
		late := f.claim(id)
		f.advance(time.Minute)
		f.settle(f.claim(id), o)
		before := f.get(id)
		f.fails(f.store.Settle(f.ctx, late.Claim(), jobstore.Outcome[string]{Status: o.Status, Output: "mine", Error: "mine"}), "settle", id, jobstore.ErrLeaseLost)
		if diff := diff(before, f.get(id)); diff != "" {
			f.Errorf("%s: a late settle changed the job (-before +after):\n%s", name, diff)
		}
	}
	id := f.create(func(o *jobstore.CreateOptions) { o.OnLeaseExpiry = jobstore.Hold }).ID
	late := f.claim(id)
	f.advance(time.Minute)
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrAbandoned)
	f.fails(f.store.Settle(f.ctx, late.Claim(), jobstore.Outcome[string]{Status: jobstore.Failed, Error: "mine"}), "settle", id, jobstore.ErrLeaseLost)
}

// settleLate repeats a settle after the next claim.
func settleLate(f *fixture) {
	id := f.create().ID
	first := f.claim(id)
	o := jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", Progress: &jobstore.Progress{Percent: 10}}
	f.settle(first, o)
	f.advance(time.Second)
	second := f.claim(id)
	f.fails(f.store.Settle(f.ctx, first.Claim(), o), "settle", id, jobstore.ErrLeaseLost)
	if diff := diff(second, f.get(id)); diff != "" {
		f.Errorf("a late settle changed the job (-claimed +after):\n%s", diff)
	}
}
