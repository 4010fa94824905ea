package jobstoretest

import (
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func reportStores(f *fixture) {
	id := f.create().ID
	claim := f.claim(id).Claim()
	until := f.now().Add(time.Hour)
	if err := f.store.Report(f.ctx, claim, jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 40, Message: "asking"}, LeaseUntil: until}); err != nil {
		f.Fatal(err)
	}
	if got := f.get(id); got.Progress != 40 || got.ProgressMessage != "asking" || !got.LeaseUntil.Equal(until) {
		f.Errorf("stored %d %q until %v, want 40 \"asking\" until %v", got.Progress, got.ProgressMessage, got.LeaseUntil, until)
	}
	if err := f.store.Report(f.ctx, claim, jobstore.Heartbeat{Seq: 2}); err != nil {
		f.Fatal(err)
	}
	if got := f.get(id); got.Progress != 40 || !got.LeaseUntil.Equal(until) {
		f.Errorf("an empty report changed the job to %d until %v", got.Progress, got.LeaseUntil)
	}
	if err := f.store.Report(f.ctx, claim, jobstore.Heartbeat{Seq: 3, Progress: &jobstore.Progress{Percent: 50}}); err != nil {
		f.Fatal(err)
	}
	if got := f.get(id); got.Progress != 50 || got.ProgressMessage != "" {
		f.Errorf("a report without a message left %d %q, want 50 and no message", got.Progress, got.ProgressMessage)
	}
}

func reportFenced(f *fixture) {
	id := f.create().ID
	lost := f.claim(id).Claim()
	f.advance(time.Minute)
	f.claim(id)
	progress := &jobstore.Progress{Percent: 99}
	f.fails(f.store.Report(f.ctx, lost, jobstore.Heartbeat{Seq: 4, Progress: progress, LeaseUntil: f.now().Add(time.Hour)}), "report", id, jobstore.ErrLeaseLost)

	held := f.get(id)
	otherAttempt := held.Claim()
	otherAttempt.Attempt--
	f.fails(f.store.Report(f.ctx, otherAttempt, jobstore.Heartbeat{Seq: 5, Progress: progress}), "report", id, jobstore.ErrLeaseLost)
	if got := f.get(id); got.Progress != 0 || !got.LeaseUntil.Equal(held.LeaseUntil) {
		f.Errorf("a lost lease wrote progress %d until %v", got.Progress, got.LeaseUntil)
	}

	f.settle(held, complete("done"))
	f.fails(f.store.Report(f.ctx, held.Claim(), jobstore.Heartbeat{Seq: 6, Progress: progress}), "report", id, jobstore.ErrLeaseLost)
	missing := jobstore.Claim{ID: "missing", Attempt: 1, Owner: "o"}
	f.fails(f.store.Report(f.ctx, missing, jobstore.Heartbeat{Seq: 7, Progress: progress}), "report", "missing", jobstore.ErrLeaseLost)
}

func reportRefuses(f *fixture) {
	id := f.create().ID
	claim := f.claim(id).Claim()
	for _, percent := range []int{-1, 101} {
		f.fails(f.store.Report(f.ctx, claim, jobstore.Heartbeat{Seq: 8, Progress: &jobstore.Progress{Percent: percent}}), "report", id, jobstore.ErrInvalid)
	}
	long := &jobstore.Progress{Message: strings.Repeat("x", jobstore.MaxMessageBytes+1)}
	f.fails(f.store.Report(f.ctx, claim, jobstore.Heartbeat{Seq: 9, Progress: long}), "report", id, jobstore.ErrInvalid)
	f.fails(f.store.Report(f.ctx, jobstore.Claim{}, jobstore.Heartbeat{Seq: 10}), "report", "", jobstore.ErrInvalid)
}

// reportLate repeats a heartbeat after a later one.
func reportLate(f *fixture) {
	id := f.create().ID
	c := f.claim(id).Claim()
	report := func(seq, percent int, lease time.Duration) {
		f.Helper()
		h := jobstore.Heartbeat{Seq: seq, Progress: &jobstore.Progress{Percent: percent}, LeaseUntil: f.now().Add(lease)}
		if err := f.store.Report(f.ctx, c, h); err != nil {
			f.Errorf("heartbeat %d: %v", seq, err)
		}
	}
	report(1, 10, time.Minute)
	report(3, 90, time.Hour)
	before := f.get(id)
	report(3, 20, time.Minute)
	report(1, 10, time.Minute)
	if diff := diff(before, f.get(id)); diff != "" {
		f.Errorf("a late heartbeat changed the job (-before +after):\n%s", diff)
	}
	f.settle(f.get(id), jobstore.Outcome[string]{Status: jobstore.Pending})
	c = f.claim(id).Claim()
	report(1, 5, time.Minute) // another claim counts from 1
	if got := f.get(id); got.Progress != 5 {
		f.Errorf("the next claim's first heartbeat left the progress at %d", got.Progress)
	}
}

func reportUpdates(f *fixture) {
	id := f.create().ID
	c := f.claim(id).Claim()
	f.advance(time.Second)
	if err := f.store.Report(f.ctx, c, jobstore.Heartbeat{Seq: 1}); err != nil {
		f.Fatal(err)
	}
	if got := f.get(id); !got.UpdatedAt.Equal(f.now()) {
		f.Errorf("updated at %v, want %v, when the report came", got.UpdatedAt, f.now())
	}
}

// reportRestarts has a worker take over from one that has reported often.
func reportRestarts(f *fixture) {
	id := f.create().ID
	report := func(c jobstore.Claim, seq, percent int) {
		f.Helper()
		h := jobstore.Heartbeat{Seq: seq, Progress: &jobstore.Progress{Percent: percent}}
		if err := f.store.Report(f.ctx, c, h); err != nil {
			f.Fatal(err)
		}
	}
	report(f.claim(id).Claim(), 7, 70)
	f.advance(time.Minute)
	report(f.claim(id).Claim(), 1, 10)
	if got := f.get(id); got.Progress != 10 {
		f.Errorf("the second worker's first report left the progress at %d, want 10", got.Progress)
	}
}
