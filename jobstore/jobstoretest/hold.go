package jobstoretest

import (
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func holdByJob(f *fixture) {
	f.heldOnExpiry(func(o *jobstore.CreateOptions) { o.OnLeaseExpiry = jobstore.Hold })
}

func holdByStore(f *fixture) {
	f.heldOnExpiry(func(*jobstore.CreateOptions) {})
}

func runAgainByJob(f *fixture) {
	id := f.create(func(o *jobstore.CreateOptions) { o.OnLeaseExpiry = jobstore.RunAgain }).ID
	f.claim(id)
	f.advance(time.Minute)
	f.claim(id)
}

// heldOnExpiry checks that a lease that runs out ends the job, and that a handler
// that failed in its time does not.
func (f *fixture) heldOnExpiry(opt func(*jobstore.CreateOptions)) {
	f.Helper()
	id := f.create(opt).ID
	f.settle(f.claim(id), jobstore.Outcome[string]{Status: jobstore.Pending, Error: "busy"})
	f.claim(id)
	f.advance(time.Minute)
	got, err := f.store.Claim(f.ctx, id, f.lease())
	if err == nil {
		f.Fatal("the job was run again: newStore returns nil for a Config.OnLeaseExpiry that the store does not have")
	}
	f.fails(err, "claim", id, jobstore.ErrFinished)
	if got == nil || got.Status != jobstore.Failed || !strings.HasPrefix(got.Error, "held:") || got.Attempt != 2 {
		f.Errorf("the claim after the lease returned %+v, want the job held as error", got)
	}
}
