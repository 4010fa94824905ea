package jobstoretest

import (
	"errors"
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
	want.Owner, want.LeaseUntil, want.UpdatedAt = lease.Owner, lease.Until, f.now()
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
	_, err := f.store.Claim(f.ctx, "nobody", f.lease())
	f.fails(err, "claim", "nobody", jobstore.ErrNotFound)

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

func claimRepeats(f *fixture) {
	id, lease := f.create().ID, f.lease()
	first, err := f.store.Claim(f.ctx, id, lease)
	if err != nil {
		f.Fatal(err)
	}
	again, err := f.store.Claim(f.ctx, id, lease)
	if err != nil {
		f.Fatalf("repeating a claim that took effect: %v", err)
	}
	if diff := diff(first, again); diff != "" {
		f.Errorf("the repeated claim changed the job (-first +again):\n%s", diff)
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
	_, err = f.store.Claim(f.ctx, id, jobstore.Lease{Owner: driver.Settled("o"), Until: f.now()})
	f.fails(err, "claim", id, jobstore.ErrInvalid)
	if got := f.get(id); got.Attempt != 0 {
		f.Errorf("a refused claim raised the attempt to %d", got.Attempt)
	}
}
