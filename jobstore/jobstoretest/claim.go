package jobstoretest

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

func claimTakes(f *fixture) {
	job := f.create()
	f.advance(time.Second)
	lease := f.lease()
	got, err := f.store.Claim(f.ctx, job.ID, lease)
	if err != nil {
		f.Fatal(err)
	}
	want := *job
	want.Status, want.Attempt = jobstore.Processing, 1
	want.Owner, want.LeaseUntil, want.SweepAt, want.UpdatedAt = lease.Owner, lease.Until, got.SweepAt, f.now()
	if diff := diff(&want, got); diff != "" {
		f.Errorf("Claim returned (-want +got):\n%s", diff)
	}
	if diff := diff(got, f.get(job.ID)); diff != "" {
		f.Errorf("Get differs from what Claim returned (-claimed +got):\n%s", diff)
	}
}

// claimers take part in a race.
const claimers = 16

func claimOneWinner(f *fixture) {
	for range f.rounds {
		f.race(f.create().ID, 1)
	}
}

func claimOneHeir(f *fixture) {
	for range max(1, f.rounds/10) {
		id := f.create().ID
		f.claim(id)
		f.advance(time.Minute)
		f.race(id, 2)
	}
}

// race lets all claimers at the job, of whom one must win the attempt.
func (f *fixture) race(id string, attempt int) {
	f.Helper()
	errs := make(chan error, claimers)
	var wg sync.WaitGroup
	for range claimers {
		wg.Go(func() {
			_, err := f.store.Claim(f.ctx, id, f.lease())
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	won := 0
	for err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, jobstore.ErrLeased) {
			f.Errorf("a loser got %v, want ErrLeased", err)
		}
	}
	if got := f.get(id); won != 1 || got.Attempt != attempt {
		f.Fatalf("%d claims won and the attempt is %d, want 1 and %d", won, got.Attempt, attempt)
	}
}

func claimLosers(f *fixture) {
	_, err := f.store.Claim(f.ctx, "missing", f.lease())
	f.fails(err, "claim", "missing", jobstore.ErrNotFound)

	id := f.create().ID
	held := f.claim(id)
	got, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrLeased)
	if got == nil || !got.LeaseUntil.Equal(held.LeaseUntil) {
		f.Errorf("ErrLeased came with %+v, want the job and its lease end", got)
	}

	f.settle(held, complete("done"))
	got, err = f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrFinished)
	if got == nil || got.Output != "done" {
		f.Errorf("ErrFinished came with %+v, want the finished job", got)
	}
}

func claimTakesOver(f *fixture) {
	id := f.create().ID
	first := f.claim(id)
	f.advance(59 * time.Second)
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrLeased)
	f.advance(time.Second)
	second := f.claim(id)
	if second.Attempt != 2 || second.Owner == first.Owner {
		f.Errorf("took over as attempt %d, same owner: %t; want attempt 2 and another owner", second.Attempt, second.Owner == first.Owner)
	}
}

func claimExhausted(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 2 }).ID
	f.claim(id)
	f.advance(time.Minute)
	last := f.claim(id)
	f.advance(time.Minute)
	got, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrFinished)
	if got == nil || got.Status != jobstore.Failed || got.Error == "" || got.Attempt != 2 {
		f.Fatalf("the claim after the last attempt returned %+v, want it settled as error with a reason", got)
	}
	f.fails(f.store.Settle(f.ctx, last.Claim(), complete("late")), "settle", id, jobstore.ErrLeaseLost)
	if got := f.get(id); got.Status != jobstore.Failed {
		f.Errorf("the late worker changed the job to %s", got.Status)
	}
}

// claimAbandoned has claims race for a job whose last attempt ran out of lease. One of
// them settles it, and is told so again when it repeats itself.
func claimAbandoned(f *fixture) {
	for range max(1, f.rounds/10) {
		id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 }).ID
		f.claim(id)
		f.advance(time.Minute)
		leases, told := make([]jobstore.Lease, claimers), make(chan jobstore.Lease, claimers)
		var wg sync.WaitGroup
		for i := range leases {
			leases[i] = f.lease()
			wg.Go(func() {
				_, err := f.store.Claim(f.ctx, id, leases[i])
				f.fails(err, "claim", id, jobstore.ErrFinished)
				if errors.Is(err, jobstore.ErrAbandoned) {
					told <- leases[i]
				}
			})
		}
		wg.Wait()
		if len(told) != 1 {
			f.Fatalf("%d claims were told that the job was abandoned, want 1", len(told))
		}
		f.advance(time.Hour)
		before := f.get(id)
		_, err := f.store.Claim(f.ctx, id, <-told)
		f.fails(err, "claim", id, jobstore.ErrAbandoned)
		_, err = f.store.Claim(f.ctx, id, f.lease())
		if errors.Is(err, jobstore.ErrAbandoned) {
			f.Error("a later claim was told that the job was abandoned")
		}
		if diff := diff(before, f.get(id)); diff != "" {
			f.Fatalf("a repeated claim changed the job (-before +after):\n%s", diff)
		}
	}
}

// claimReplaces has a job abandoned that has failed before, with a detail.
func claimReplaces(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 2 }).ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy", Detail: "https://upstream answered 503"})
	f.claim(id)
	f.advance(time.Minute)
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrAbandoned)
	if got := f.get(id); got.Error == "" || got.Error == "busy" || got.ErrorDetail != "" {
		f.Errorf("an abandoned job has the error %q and the detail %q, want the reason and none", got.Error, got.ErrorDetail)
	}
}

// claimNotDue turns the clock back: that is what a worker sees whose clock is behind.
func claimNotDue(f *fixture) {
	id := f.create().ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy"})
	due := f.now()
	if got := f.get(id); !got.ClaimableFrom.Equal(due) {
		f.Errorf("the job is claimable from %v, want %v, when it became pending", got.ClaimableFrom, due)
	}
	f.advance(-time.Second)
	got, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrNotDue)
	if errors.Is(err, jobstore.ErrLeased) || got == nil || !got.ClaimableFrom.Equal(due) {
		f.Errorf("the claim returned %+v, %v; want the job, which says when it is due", got, err)
	}
	f.advance(time.Second)
	f.claim(id)
}

// claimLate repeats a claim that has ended.
func claimLate(f *fixture) {
	for _, end := range []jobstore.Status{jobstore.Pending, jobstore.Complete, jobstore.Failed} {
		id, lease := f.create().ID, f.lease()
		held, err := f.store.Claim(f.ctx, id, lease)
		if err != nil {
			f.Fatal(err)
		}
		f.settle(held, jobstore.Outcome[string]{Status: end, Output: "out", Error: "why"})
		before := f.get(id)
		for range 2 { // in the claim's own time, and long after
			_, err = f.store.Claim(f.ctx, id, lease)
			if err == nil {
				f.Errorf("a copy of a claim that ended as %s was let in", end)
			}
			f.advance(time.Hour)
		}
		if diff := diff(before, f.get(id)); diff != "" {
			f.Errorf("a late claim changed a job that is %s (-before +after):\n%s", end, diff)
		}
	}
}

func claimRepeats(f *fixture) {
	id, lease := f.create().ID, f.lease()
	first, err := f.store.Claim(f.ctx, id, lease)
	if err != nil {
		f.Fatal(err)
	}
	for range 2 { // at once, and when its lease has ended
		again, err := f.store.Claim(f.ctx, id, lease)
		if err != nil {
			f.Fatalf("repeating a claim that took effect: %v", err)
		}
		if diff := diff(first, again); diff != "" {
			f.Errorf("the repeated claim changed the job (-first +again):\n%s", diff)
		}
		f.advance(time.Hour)
	}
}

func claimRefuses(f *fixture) {
	id := f.create().ID
	_, err := f.store.Claim(f.ctx, "", f.lease())
	f.fails(err, "claim", "", jobstore.ErrInvalid)
	_, err = f.store.Claim(f.ctx, id, jobstore.Lease{Until: f.now()})
	f.fails(err, "claim", id, jobstore.ErrInvalid)
	_, err = f.store.Claim(f.ctx, id, jobstore.Lease{Owner: "o"})
	f.fails(err, "claim", id, jobstore.ErrInvalid)
	for _, owner := range []string{driver.Settled("o"), driver.Abandoned("o", "p"), driver.Canceled(), driver.Reopened(), strings.Repeat("x", driver.MaxOwnerBytes+1)} {
		_, err = f.store.Claim(f.ctx, id, jobstore.Lease{Owner: owner, Until: f.now()})
		f.refuses(err, "claim", id, "owner")
	}
	if got := f.get(id); got.Attempt != 0 {
		f.Errorf("a refused claim raised the attempt to %d", got.Attempt)
	}
}
