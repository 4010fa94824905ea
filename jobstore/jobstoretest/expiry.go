package jobstoretest

import (
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// brief is of a job that expires before its first lease ends.
func (f *fixture) brief(o *jobstore.CreateOptions) {
	o.ID, o.ExpiresAt = "brief", f.now().Add(10*time.Second)
}

func getExpired(f *fixture) {
	f.create(f.brief)
	f.advance(11 * time.Second)
	_, err := f.store.Get(f.ctx, "brief")
	f.fails(err, "get", "brief", jobstore.ErrNotFound)
	_, err = f.store.Claim(f.ctx, "brief", f.lease())
	f.fails(err, "claim", "brief", jobstore.ErrNotFound)
	f.create(f.brief)
}

// workerOfExpired has a worker write to a job that no one can read.
func workerOfExpired(f *fixture) {
	f.create(f.brief)
	c := f.claim("brief").Claim()
	f.advance(11 * time.Second)
	h := jobstore.Heartbeat{Seq: 1, Progress: &jobstore.Progress{Percent: 50}, LeaseUntil: f.now().Add(time.Minute)}
	f.fails(f.store.Report(f.ctx, c, h), "report", "brief", jobstore.ErrLeaseLost)
	f.fails(f.store.Settle(f.ctx, c, complete("late")), "settle", "brief", jobstore.ErrLeaseLost)

	next := f.create(f.brief)
	f.fails(f.store.Report(f.ctx, c, h), "report", "brief", jobstore.ErrLeaseLost)
	f.fails(f.store.Settle(f.ctx, c, complete("late")), "settle", "brief", jobstore.ErrLeaseLost)
	if diff := diff(next, f.get("brief")); diff != "" {
		f.Errorf("the worker of an expired job changed the next one (-created +got):\n%s", diff)
	}
}

func cancelExpired(f *fixture) {
	f.create(f.brief)
	f.advance(11 * time.Second)
	_, err := f.cancel("brief")
	f.fails(err, "cancel", "brief", jobstore.ErrNotFound)
}
