package jobstoretest

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// sweep returns the jobs that a Sweep finds.
func (f *fixture) sweep(fail error) (found map[string]jobstore.Stuck, taken int, err error) {
	f.Helper()
	found = map[string]jobstore.Stuck{}
	sweeper, _ := jobstore.As[jobstore.Sweeper](f.store)
	swept, err := jobstore.Sweep(f.ctx, sweeper, func(_ context.Context, s jobstore.Stuck) error {
		if _, again := found[s.ID]; again {
			f.Errorf("the sweep found %s twice", s.ID)
		}
		found[s.ID] = s
		return fail
	}, f.sweeping)
	return found, swept.Started, err
}

// sweeping has a sweep that starts a job again after a minute, and two minutes after that.
func (f *fixture) sweeping(o *jobstore.SweepOptions) {
	o.Now, o.Logger = f.now, slog.New(slog.DiscardHandler)
	o.Backoff = func(n int) time.Duration { return time.Duration(n) * time.Minute }
}

// pickUp is the default of every store.
const pickUp = driver.DefaultPickUp

func sweepFinds(f *fixture) {
	finished := f.create().ID
	f.settle(f.claim(finished), complete("done"))
	f.create(func(o *jobstore.CreateOptions) { o.ExpiresAt = f.now().Add(time.Minute) })
	began := f.now()
	pending, died := f.create().ID, f.create().ID
	dead := f.claim(died)
	f.advance(5 * time.Minute)
	returned := f.create().ID
	f.settle(f.claim(returned), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy"})
	f.advance(pickUp - 5*time.Minute)
	fresh, running := f.create().ID, f.create().ID
	f.claim(running)

	want := map[string]jobstore.Stuck{
		pending: {ID: pending, Status: jobstore.Pending, Since: began.Add(pickUp)},
		died:    {ID: died, Status: jobstore.Processing, Since: dead.LeaseUntil},
	}
	got, taken, err := f.sweep(nil)
	if diff := cmp.Diff(want, got); err != nil || taken != 2 || diff != "" {
		f.Errorf("took %d, %v (-want +got):\n%s", taken, err, diff)
	}

	f.advance(pickUp)
	got, _, err = f.sweep(nil)
	for _, id := range []string{pending, died, returned, fresh, running} {
		if _, ok := got[id]; !ok || err != nil || len(got) != 5 {
			f.Errorf("later %s was not among %v, %v", id, got, err)
		}
	}
}

func sweepRenewed(f *fixture) {
	held := f.claim(f.create().ID)
	f.advance(50 * time.Second)
	until := f.now().Add(10 * time.Minute)
	if err := f.store.Report(f.ctx, held.Claim(), jobstore.Heartbeat{Seq: 1, LeaseUntil: until}); err != nil {
		f.Fatal(err)
	}
	f.advance(10*time.Minute - time.Millisecond)
	if got, _, err := f.sweep(nil); err != nil || len(got) > 0 {
		f.Errorf("a sweep found %v, %v, while the worker holds the job", got, err)
	}
	f.advance(time.Millisecond)
	want := map[string]jobstore.Stuck{held.ID: {ID: held.ID, Status: jobstore.Processing, Since: until}}
	if got, _, err := f.sweep(nil); err != nil || cmp.Diff(want, got) != "" {
		f.Errorf("after the lease a sweep found, with %v (-want +got):\n%s", err, cmp.Diff(want, got))
	}
}

func sweepGoesOn(f *fixture) {
	f.create()
	f.create()
	f.advance(time.Hour)
	fail := errors.New("no queue")
	if found, taken, err := f.sweep(fail); len(found) != 2 || taken != 0 || !errors.Is(err, fail) {
		f.Errorf("found %v, took %d, %v; want both, none and the callback's error", found, taken, err)
	}
}
