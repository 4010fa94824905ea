package jobstoretest

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

func historyKept(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 3 }).ID
	var want []jobstore.Transition
	note := func(status jobstore.Status, attempt int, owner, reason string) {
		want = append(want, jobstore.Transition{At: f.now(), Status: status, Attempt: attempt, Owner: owner, Reason: reason})
		f.advance(time.Second)
	}
	note(jobstore.Pending, 0, "", "")
	first := f.claim(id)
	note(jobstore.Processing, 1, first.Owner, "")
	f.settle(first, jobstore.Outcome[string]{Status: jobstore.Pending, Error: strings.Repeat("é", driver.MaxReasonBytes)})
	note(jobstore.Pending, 1, first.Owner, strings.Repeat("é", driver.MaxReasonBytes/2))
	lost := f.claim(id)
	note(jobstore.Processing, 2, lost.Owner, "")
	f.advance(time.Hour)
	last := f.claim(id)
	note(jobstore.Processing, 3, last.Owner, "")
	if err := f.store.Report(f.ctx, last.Claim(), jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 5}}); err != nil {
		f.Fatal(err)
	}
	f.settle(last, complete("done"))
	note(jobstore.Complete, 3, last.Owner, "")
	if diff := cmp.Diff(want, f.kept(id)); diff != "" {
		f.Errorf("the history (-want +got):\n%s", diff)
	}
}

// kept returns the job's history. A store that has none fails.
func (f *fixture) kept(id string) []jobstore.Transition {
	f.Helper()
	got := f.get(id).History
	if len(got) == 0 {
		f.Fatal("the store keeps no history: newStore returns nil for Config.History then")
	}
	return got
}

func historyLeftOut(f *fixture) {
	id := f.create().ID
	f.settle(f.claim(id), complete("done"))
	if got := f.get(id); got.History != nil {
		f.Errorf("a store that keeps no history has %v", got.History)
	}
}

// historyBounded has workers die and fail many times.
func historyBounded(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1000 }).ID
	for n := range 3 * driver.MaxHistory {
		held := f.claim(id)
		if n := len(held.History); n > driver.MaxHistory {
			f.Fatalf("the history of a claimed job has %d entries, want at most %d", n, driver.MaxHistory)
		}
		if n%3 == 0 && n < driver.MaxHistory { // later, all workers die
			f.settle(held, jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy"})
		}
		f.advance(time.Minute)
	}
	last := f.claim(id)
	f.settle(last, complete("done"))
	created := f.get(id).CreatedAt
	got := f.kept(id)
	if n := len(got); n > driver.MaxHistory || n < driver.MaxHistory-3 {
		f.Fatalf("the history has %d entries, want about %d", n, driver.MaxHistory)
	}
	if first := got[0]; first.Status != jobstore.Pending || first.Attempt != 0 || !first.At.Equal(created) {
		f.Errorf("the history begins with %+v, want the creation", first)
	}
	end, claim := got[len(got)-1], got[len(got)-2]
	if end.Status != jobstore.Complete || end.Attempt != last.Attempt {
		f.Errorf("the history ends with %+v, want attempt %d complete", end, last.Attempt)
	}
	if claim.Status != jobstore.Processing || claim.Attempt != last.Attempt || claim.Owner != last.Owner {
		f.Errorf("before that is %+v, want the last claim", claim)
	}
}
