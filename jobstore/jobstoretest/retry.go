package jobstoretest

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// failed is a job that has failed in its last attempt.
func (f *fixture) failed(opts ...func(*jobstore.CreateOptions)) *job {
	f.Helper()
	id := f.create(opts...).ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Failed, Error: "why", Detail: "503"})
	return f.get(id)
}

func (f *fixture) retry(id string) *job {
	f.Helper()
	got, err := jobstore.Retry(f.ctx, f.store, id)
	if err != nil {
		f.Fatalf("Retry: %v", err)
	}
	return got
}

func retryReopens(f *fixture) {
	before := f.failed(func(o *jobstore.CreateOptions) { o.MaxAttempts = 3 })
	f.advance(time.Hour)
	want := *before
	want.Status, want.Owner, want.MaxAttempts, want.Uncounted = jobstore.Pending, "", 4, 1
	want.ClaimableFrom, want.UpdatedAt = f.now(), f.now()
	got := f.retry(before.ID)
	want.SweepAt, want.ExpiresAt = got.SweepAt, got.ExpiresAt
	if diff := diff(&want, got); diff != "" {
		f.Errorf("Retry returned (-want +got):\n%s", diff)
	}
	if diff := diff(got, f.get(before.ID)); diff != "" {
		f.Errorf("Get differs from what Retry returned (-retried +got):\n%s", diff)
	}
	next := f.claim(before.ID)
	if next.Attempt != 2 {
		f.Errorf("the next attempt is %d, want 2", next.Attempt)
	}
	f.settle(next, complete("done"))
	if got := f.get(before.ID); got.Status != jobstore.Complete || got.Error != "" || got.ErrorDetail != "" {
		f.Errorf("in the end the job is %s with the error %q", got.Status, got.Error)
	}
}

// retryHeld reopens a job whose worker died and that is held, twice.
func retryHeld(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.OnLeaseExpiry, o.MaxAttempts = jobstore.Hold, 1 }).ID
	for n := 1; n <= 2; n++ {
		f.claim(id)
		f.advance(time.Minute)
		_, err := f.store.Claim(f.ctx, id, f.lease())
		f.fails(err, "claim", id, jobstore.ErrAbandoned)
		f.advance(time.Millisecond)
		if got := f.retry(id); got.Owner != "" || got.Attempt != n || got.MaxAttempts != n+1 {
			f.Errorf("reopened as attempt %d of %d by %q, want %d of %d by no one", got.Attempt, got.MaxAttempts, got.Owner, n, n+1)
		}
	}
	f.settle(f.claim(id), complete("done"))
}

// retryAttempts gives a job as many attempts as it had at first, whatever did not count.
func retryAttempts(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 2 }).ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Uncounted: true})
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending})
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Failed})
	f.advance(time.Millisecond)
	f.retry(id)
	for range 2 {
		f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending})
	}
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrAbandoned)
	if got := f.get(id); got.Attempt != 5 {
		f.Errorf("ended at attempt %d, want 5", got.Attempt)
	}
}

// retryRefuses tries what is not to be reopened.
func retryRefuses(f *fixture) {
	_, err := jobstore.Retry(f.ctx, f.store, "missing")
	f.fails(err, "retry", "missing", jobstore.ErrNotFound)
	_, err = jobstore.Retry(f.ctx, f.store, "")
	f.refuses(err, "retry", "", "id")
	refused := func(id string, want error) {
		f.Helper()
		before := f.get(id)
		got, err := jobstore.Retry(f.ctx, f.store, id)
		f.fails(err, "retry", id, want)
		if diff := diff(before, got); diff != "" {
			f.Errorf("the refusal came with another job (-want +got):\n%s", diff)
		}
		if diff := diff(before, f.get(id)); diff != "" {
			f.Errorf("a refused Retry changed the job (-before +after):\n%s", diff)
		}
	}
	id := f.create().ID
	refused(id, jobstore.ErrUnfinished)
	held := f.claim(id)
	refused(id, jobstore.ErrUnfinished)
	f.settle(held, complete("done"))
	refused(id, jobstore.ErrFinished)
	reopened := f.failed().ID
	f.advance(time.Millisecond)
	f.retry(reopened)
	refused(reopened, jobstore.ErrUnfinished)
}

func retryCanceled(f *fixture) {
	id := f.create().ID
	before, err := f.cancel(id)
	if err != nil {
		f.Fatal(err)
	}
	got, err := jobstore.Retry(f.ctx, f.store, id)
	f.fails(err, "retry", id, jobstore.ErrFinished)
	if diff := diff(before, got) + diff(before, f.get(id)); diff != "" {
		f.Errorf("a canceled job was changed (-before +after):\n%s", diff)
	}
}

// retryFences has the worker of before, and copies of its requests, meet a reopened job. The
// operator's clock is behind the worker's.
func retryFences(f *fixture) {
	for _, step := range []time.Duration{time.Second, 0, -time.Minute} {
		id, lease := f.create().ID, f.lease()
		claimed := f.now()
		old, err := f.store.Claim(f.ctx, id, lease)
		if err != nil {
			f.Fatal(err)
		}
		o := jobstore.Outcome[string]{Status: jobstore.Failed, Error: "why"}
		f.settle(old, o)
		f.advance(step)
		before := f.retry(id)
		f.clock.Store(claimed.UnixMilli())
		if _, err := f.store.Claim(f.ctx, id, lease); err == nil {
			f.Errorf("a step of %v: a copy of the claim of before was let in", step)
		}
		f.fails(f.store.Settle(f.ctx, old.Claim(), o), "settle", id, jobstore.ErrLeaseLost)
		f.fails(f.store.Report(f.ctx, old.Claim(), jobstore.Heartbeat{Seq: 9}), "report", id, jobstore.ErrLeaseLost)
		if diff := diff(before, f.get(id)); diff != "" {
			f.Errorf("a step of %v: the worker of before changed a reopened job (-before +after):\n%s", step, diff)
		}
		f.advance(time.Hour)
	}
}

// retryOnce has operators race.
func retryOnce(f *fixture) {
	id := f.failed().ID
	f.advance(time.Second)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := jobstore.Retry(f.ctx, f.store, id)
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, jobstore.ErrUnfinished) {
				f.Errorf("a loser got %v, want ErrUnfinished", err)
			}
		})
	}
	wg.Wait()
	if got := f.get(id); won.Load() != 1 || got.MaxAttempts != 1+driver.DefaultMaxAttempts {
		f.Errorf("%d calls reopened the job, which has %d attempts", won.Load(), got.MaxAttempts)
	}
}

// retryExpiry puts the end of a job off, but of no job that has expired.
func retryExpiry(f *fixture) {
	end := f.now().Add(time.Hour).Truncate(time.Second)
	short := f.failed(func(o *jobstore.CreateOptions) { o.ExpiresAt = end }).ID
	f.advance(50 * time.Minute)
	got := f.retry(short)
	if life := got.ExpiresAt.Sub(f.now()); life < 59*time.Minute || life > time.Hour {
		f.Errorf("the reopened job lives for %v, want an hour as at first", life)
	}
	f.advance(20 * time.Minute)
	f.settle(f.claim(short), jobstore.Outcome[string]{Status: jobstore.Failed})
	f.advance(2 * time.Hour)
	_, err := jobstore.Retry(f.ctx, f.store, short)
	f.fails(err, "retry", short, jobstore.ErrNotFound)
}

// retrySwept has a sweep start a reopened job, since nothing else does.
func retrySwept(f *fixture) {
	id := f.failed().ID
	f.advance(time.Second)
	f.retry(id)
	want := map[string]jobstore.Stuck{id: {ID: id, Status: jobstore.Pending, Since: f.now(), Waited: true}}
	if got, _, err := f.sweep(nil); err != nil || cmp.Diff(want, got) != "" {
		f.Errorf("a sweep found, with %v (-want +got):\n%s", err, cmp.Diff(want, got))
	}
}

// retryHandOvers reopens a job that a sweep has started before it was abandoned.
func retryHandOvers(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.MaxAttempts = 1 }).ID
	f.claim(id)
	f.advance(pickUp)
	f.rearm(f.stuck()[0], f.now().Add(time.Hour))
	_, err := f.store.Claim(f.ctx, id, f.lease())
	f.fails(err, "claim", id, jobstore.ErrAbandoned)
	f.advance(time.Millisecond)
	if got := f.retry(id); got.HandOvers != 0 {
		f.Errorf("the reopened job has %d hand-overs, want none", got.HandOvers)
	}
}

func retryHistory(f *fixture) {
	id := f.failed().ID
	f.advance(time.Second)
	f.retry(id)
	got := f.kept(id)
	want := jobstore.Transition{At: f.now(), Status: jobstore.Pending, Attempt: 1, Reason: driver.ReopenedReason}
	if diff := cmp.Diff(want, got[len(got)-1]); diff != "" || len(got) != 4 {
		f.Errorf("the last of %d transitions, want 4 (-want +got):\n%s", len(got), diff)
	}
}
