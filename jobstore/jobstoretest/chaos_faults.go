package jobstoretest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

var (
	errThrottled = errors.New("chaos: throttled")
	errLost      = errors.New("chaos: the answer was lost")
	errDead      = errors.New("chaos: the process is dead")
)

// faulty is the store as one process sees it. Requests take time, are refused, repeated,
// or lose their answer. After the death of the process none is sent.
type faulty struct {
	jobstore.JobStore[string, string]
	sim  *simulation
	dead atomic.Bool

	mu  sync.Mutex // a worker reports and renews at the same time
	rng *rand.Rand
}

func (s *simulation) faulty(rng *rand.Rand) *faulty {
	return &faulty{JobStore: s.store.JobStore, sim: s, rng: rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64()))}
}

func (f *faulty) draw() (fault int, before, after time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rng.IntN(40), upTo(f.rng, 50*time.Millisecond), upTo(f.rng, 50*time.Millisecond)
}

// request sends one request, with its faults.
func (f *faulty) request(send func() error) error {
	fault, before, after := f.draw()
	time.Sleep(before)
	if f.dead.Load() {
		return errDead
	}
	if f.sim.calm.Load() {
		return send()
	}
	if fault == 0 {
		return errThrottled
	}
	err := send()
	time.Sleep(after)
	switch {
	case f.dead.Load():
		return errDead
	case fault == 1:
		return errLost
	case fault == 2: // the answer was lost, and the client sends it again
		return send()
	}
	return err
}

func (f *faulty) Create(ctx context.Context, input string, opts ...func(*jobstore.CreateOptions)) (j *job, err error) {
	err = f.request(func() (err error) {
		j, err = f.JobStore.Create(ctx, input, opts...)
		return err
	})
	return j, err
}

func (f *faulty) Claim(ctx context.Context, id string, lease jobstore.Lease) (j *job, err error) {
	err = f.request(func() (err error) {
		j, err = f.JobStore.Claim(ctx, id, lease)
		return err
	})
	return j, err
}

func (f *faulty) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	return f.request(func() error { return f.JobStore.Report(ctx, c, h) })
}

func (f *faulty) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	return f.request(func() error { return f.JobStore.Settle(ctx, c, o) })
}
