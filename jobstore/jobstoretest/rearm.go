package jobstoretest

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// stuck returns what a sweep would find.
func (f *fixture) stuck() (found []jobstore.Stuck) {
	f.Helper()
	sweeper, _ := jobstore.As[jobstore.Sweeper](f.store)
	for job, err := range sweeper.Stuck(f.ctx, f.now()) {
		if err != nil {
			f.Fatal(err)
		}
		found = append(found, job)
	}
	return found
}

func (f *fixture) rearm(found jobstore.Stuck, at time.Time) bool {
	f.Helper()
	rearmer, _ := jobstore.As[jobstore.Rearmer](f.store)
	mine, err := rearmer.Rearm(f.ctx, found, at)
	if err != nil {
		f.Fatalf("Rearm: %v", err)
	}
	return mine
}

// rearmWaits has sweeps start jobs whose events are lost: each later than the one before.
func rearmWaits(f *fixture) {
	pending, dead := f.create().ID, f.create().ID
	f.claim(dead)
	f.advance(pickUp)
	for n := range 3 {
		if found, _, err := f.sweep(nil); len(found) != 2 || err != nil || found[pending].HandOvers != n {
			f.Fatalf("sweep %d found %v, %v; want both jobs, started %d times", n+1, found, err, n)
		}
		f.advance(time.Duration(n+1)*time.Minute - time.Millisecond)
		if found, _, err := f.sweep(nil); len(found) > 0 || err != nil {
			f.Errorf("a sweep found %v, %v, before the jobs it started had their time", found, err)
		}
		f.advance(time.Millisecond)
	}
	for _, id := range []string{pending, dead} {
		if got := f.get(id); got.HandOvers != 3 {
			f.Errorf("the job says that it was started %d times, want 3", got.HandOvers)
		}
	}
}

// rearmKeeps re-arms jobs, which changes nothing else: a worker may claim them at once.
func rearmKeeps(f *fixture) {
	pending, dead := f.create(), f.create()
	f.claim(dead.ID)
	f.advance(pickUp)
	before := map[string]*job{pending.ID: f.get(pending.ID), dead.ID: f.get(dead.ID)}
	for _, found := range f.stuck() {
		at := f.now().Add(time.Hour)
		if !f.rearm(found, at) {
			f.Errorf("%s was not re-armed", found.ID)
		}
		want := before[found.ID]
		want.SweepAt, want.HandOvers, want.HandedOverAt = at, 1, f.now()
		if diff := diff(want, f.get(found.ID)); diff != "" {
			f.Errorf("after Rearm (-want +got):\n%s", diff)
		}
		held := f.claim(found.ID)
		f.settle(held, jobstore.Outcome[string]{Status: jobstore.Pending})
		got := f.get(found.ID)
		if held.HandOvers != 0 || got.HandOvers != 0 {
			f.Errorf("a claim left %d hand-overs, want them to be counted anew", held.HandOvers)
		}
		if !got.HandedOverAt.Equal(want.HandedOverAt) {
			f.Errorf("a claim left %v as the time of the last hand-over, want %v", got.HandedOverAt, want.HandedOverAt)
		}
	}
}

// rearmShows has a job say when a sweep looks at it, until it has ended.
func rearmShows(f *fixture) {
	start := f.now().Add(time.Hour)
	id := f.create(func(o *jobstore.CreateOptions) { o.StartAt = start }).ID
	for _, step := range []struct {
		what string
		do   func() (want time.Time)
	}{
		{"starts later", func() time.Time { return start }},
		{"is claimed", func() time.Time { f.advance(time.Hour); return f.claim(id).LeaseUntil }},
		{"waits", func() time.Time {
			f.settle(f.get(id), jobstore.Outcome[string]{Status: jobstore.Pending, ClaimableFrom: start.Add(time.Hour)})
			return start.Add(time.Hour)
		}},
		{"is due again at once", func() time.Time {
			f.advance(time.Hour)
			f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending})
			return f.now().Add(pickUp)
		}},
		{"has failed", func() time.Time {
			f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Failed})
			return time.Time{}
		}},
	} {
		want := step.do()
		if got := f.get(id).SweepAt; !got.Equal(want) {
			f.Errorf("a sweep looks at a job that %s at %v, want %v", step.what, got, want)
		}
	}
	if got := f.create().SweepAt; !got.Equal(f.now().Add(pickUp)) {
		f.Errorf("a sweep looks at a new job at %v, want %v", got, f.now().Add(pickUp))
	}
}

// rearmStale re-arms what has changed since it was found.
func rearmStale(f *fixture) {
	start := func(opts ...func(*jobstore.CreateOptions)) jobstore.Stuck {
		f.Helper()
		id := f.create(opts...).ID
		f.advance(pickUp)
		for _, found := range f.stuck() {
			if found.ID == id {
				return found
			}
		}
		f.Fatalf("the sweep did not find %s", id)
		return jobstore.Stuck{}
	}
	for what, change := range map[string]func(id string){
		"claimed":               func(id string) { f.claim(id) },
		"claimed, and returned": func(id string) { f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending}) },
		"complete":              func(id string) { f.settle(f.claim(id), complete("done")) },
		"failed":                func(id string) { f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Failed}) },
		"started by a sweep":    func(id string) { _, _, _ = f.sweep(nil) },
		"expired":               func(string) { f.advance(time.Hour) },
	} {
		found := start(func(o *jobstore.CreateOptions) { o.ExpiresAt = f.now().Add(time.Hour) })
		change(found.ID)
		before, _ := f.store.Get(f.ctx, found.ID)
		if f.rearm(found, f.now().Add(24*time.Hour)) {
			f.Errorf("a job that is %s since was re-armed", what)
		}
		after, _ := f.store.Get(f.ctx, found.ID)
		if diff := cmp.Diff(before, after); diff != "" {
			f.Errorf("a job that is %s since was changed (-before +after):\n%s", what, diff)
		}
	}
	if f.rearm(jobstore.Stuck{ID: "missing", Status: jobstore.Pending, Since: f.now()}, f.now().Add(time.Hour)) {
		f.Error("a job that does not exist was re-armed")
	}
}

// rearmRepeats repeats a call whose answer was lost, and has a copy of it arrive late.
func rearmRepeats(f *fixture) {
	f.create()
	f.advance(pickUp)
	found, at := f.stuck()[0], f.now().Add(time.Minute)
	for range 2 {
		if !f.rearm(found, at) {
			f.Error("a repeated Rearm is told that another sweep was faster")
		}
	}
	if f.rearm(found, at.Add(time.Second)) {
		f.Error("another sweep has re-armed the job too")
	}
	f.advance(time.Hour)
	next := f.stuck()[0]
	f.rearm(next, f.now().Add(time.Minute))
	before := f.get(found.ID)
	if f.rearm(found, at) {
		f.Error("a late copy of a Rearm re-armed the job")
	}
	if diff := diff(before, f.get(found.ID)); diff != "" {
		f.Errorf("a late copy of a Rearm changed the job (-before +after):\n%s", diff)
	}
}

// rearmBack takes a start back that has failed. A copy of either call that arrives late
// changes nothing.
func rearmBack(f *fixture) {
	f.create()
	f.advance(pickUp)
	found := f.stuck()[0]
	far, soon := f.now().Add(time.Hour), f.now().Add(time.Minute)
	back := found
	back.Since = far
	if !f.rearm(found, far) || !f.rearm(back, soon) {
		f.Fatal("the job was not re-armed, and back")
	}
	if got := f.get(found.ID); got.HandOvers != 1 {
		f.Errorf("the job was started %d times, want 1", got.HandOvers)
	}
	f.rearm(found, far)
	f.advance(time.Minute)
	want := []jobstore.Stuck{{ID: found.ID, Status: jobstore.Pending, Since: soon, HandOvers: 1}}
	if diff := cmp.Diff(want, f.stuck()); diff != "" {
		f.Errorf("after a minute a sweep found (-want +got):\n%s", diff)
	}
}

// rearmOnce has sweeps race. Each job is started by one of them.
func rearmOnce(f *fixture) {
	const jobs, sweeps = 10, 4
	for range jobs {
		f.create()
	}
	f.advance(pickUp)
	sweeper, _ := jobstore.As[jobstore.Sweeper](f.store)
	var mu sync.Mutex
	started, swept := map[string]int{}, jobstore.Swept{}
	var wg sync.WaitGroup
	for range sweeps {
		wg.Go(func() {
			one, err := jobstore.Sweep(f.ctx, sweeper, func(_ context.Context, s jobstore.Stuck) error {
				mu.Lock()
				defer mu.Unlock()
				started[s.ID]++
				return nil
			}, f.sweeping, func(o *jobstore.SweepOptions) { o.Backoff = jobstore.Exponential(time.Hour, 24*time.Hour) })
			if err != nil {
				f.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			swept.Started += one.Started
		})
	}
	wg.Wait()
	for id, n := range started {
		if n != 1 {
			f.Errorf("%s was started %d times", id, n)
		}
	}
	if len(started) != jobs || swept.Started != jobs {
		f.Errorf("%d jobs were started, the sweeps say %d, want %d", len(started), swept.Started, jobs)
	}
}

func rearmRefuses(f *fixture) {
	rearmer, _ := jobstore.As[jobstore.Rearmer](f.store)
	id := f.create().ID
	f.advance(pickUp)
	good := f.stuck()[0]
	change := func(do func(*jobstore.Stuck)) jobstore.Stuck { s := good; do(&s); return s }
	for _, c := range []struct {
		found jobstore.Stuck
		at    time.Time
		field string
	}{
		{change(func(s *jobstore.Stuck) { s.ID = "" }), f.now().Add(time.Hour), "id"},
		{change(func(s *jobstore.Stuck) { s.ID = strings.Repeat("x", jobstore.MaxIDBytes+1) }), f.now().Add(time.Hour), "id"},
		{change(func(s *jobstore.Stuck) { s.Status = jobstore.Failed }), f.now().Add(time.Hour), "status"},
		{change(func(s *jobstore.Stuck) { s.Status = "" }), f.now().Add(time.Hour), "status"},
		{good, good.Since, "sweepAt"},
	} {
		_, err := rearmer.Rearm(f.ctx, c.found, c.at)
		f.refuses(err, "sweep", c.found.ID, c.field)
	}
	if got := f.get(id); got.HandOvers != 0 {
		f.Errorf("what was refused counts as %d hand-overs", got.HandOvers)
	}
}
