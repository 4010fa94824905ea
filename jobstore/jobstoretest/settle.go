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
		Status: jobstore.Complete, Output: "output", Progress: &jobstore.Progress{Percent: 100, Message: "done"},
	})
	want := *held
	want.Status, want.Output, want.LeaseUntil, want.UpdatedAt = jobstore.Complete, "output", time.Time{}, f.now()
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
	f.fails(f.store.Settle(f.ctx, jobstore.Claim{ID: "nobody", Owner: "o"}, complete("")), "settle", "nobody", jobstore.ErrLeaseLost)
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
