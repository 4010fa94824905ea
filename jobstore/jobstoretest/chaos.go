package jobstoretest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// ChaosOptions are the optional settings of [Chaos].
type ChaosOptions struct {
	// Seed decides every fault. Default is a random one, which a failure prints.
	Seed uint64

	// Jobs is how many jobs are run. Default 1000.
	Jobs int

	// Deploy, if set, replaces the triggers and invocations of Chaos, for example by a
	// stream mapping of a simulated Lambda. It is called in the bubble before the first
	// job is created. For each job, the deployment calls work, which is one worker with
	// its faults. ctx is the invocation's, with its deadline. The deployment retries
	// when work returns an error. A sweep calls start for each job that it finds. Work
	// must end within 30 minutes.
	Deploy func(t *testing.T, work func(ctx context.Context, id string) error) (start func(id string))
}

// Chaos runs jobs through [jobstore.Run] under faults. Triggers come twice or never.
// Jobs start later, wait after an attempt and are snoozed. Workers crash, overstay their lease or panic, are frozen or cut off for five minutes, and have
// clocks that differ by up to [jobstore.RunOptions].LeaseGrace or are stepped. Requests
// are throttled, repeated, left without an answer, or delivered again much later. Handlers show partial output. Jobs
// are canceled, and failed ones are reopened if the store is a [jobstore.Retrier]. After
// every write it checks that
//
//   - a finished job does not change unless it is reopened, and each job finishes exactly
//     once, and once more each time it was reopened;
//   - only the holder of the claim changes a job;
//   - an attempt starts only when the job is due and free, and within the bound of
//     attempts;
//   - a write that was refused, and a copy of a request, has changed nothing;
//   - a settle succeeded only if its outcome is what is stored;
//   - no output is shown but the result, and what the attempt at work has so far.
//
// Two handlers of a job are at work at once only while one of them is frozen, has a
// clock that was stepped, or takes no notice of its context. In the end, [jobstore.Sweep]
// has left no job unfinished, and each attempt has started its handler, unless its
// worker died, got no answer to its claim, or gave the job back. [jobstore.List] shows the
// jobs that did not end well, as their records are.
//
// Chaos runs in a bubble of [synctest], so that hours take no time, and calls newStore
// in it. The store must be a [jobstore.Sweeper], and take all times from [Config].Now:
// that is the clock of the process that makes the request.
func Chaos(t *testing.T, newStore NewStore, opts ...func(*ChaosOptions)) {
	if newStore == nil {
		panic("jobstoretest: Chaos: newStore is nil")
	}
	o := ChaosOptions{Jobs: 1000}
	for _, opt := range opts {
		opt(&o)
	}
	if o.Jobs < 1 {
		panic(fmt.Sprintf("jobstoretest: Chaos: ChaosOptions.Jobs is %d, want at least 1", o.Jobs))
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the seed was %d", o.Seed)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := &simulation{T: t, opts: o, store: newWitness(t, newStore)}
		s.start = s.invokeStuck
		if o.Deploy != nil {
			s.start = o.Deploy(t, s.deployed)
		}
		s.run()
	})
}

// simulation is one run of Chaos.
type simulation struct {
	*testing.T
	opts  ChaosOptions
	store *witness
	start func(id string) // what a sweep does

	calm    atomic.Bool // no more faults
	visits  sync.Map
	sweeps  atomic.Int64
	workers sync.WaitGroup
}

// rng is the source of one part of the simulation. Each part has its own, so that it
// depends on the seed and not on the order of goroutines.
func (s *simulation) rng(part string, n int) *rand.Rand {
	var h uint64 = 14695981039346656037 // FNV-1a
	for _, b := range []byte(part) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(s.opts.Seed, h+uint64(n)))
}

func (s *simulation) run() {
	var lives sync.WaitGroup
	for n := range s.opts.Jobs {
		lives.Go(func() { s.live(fmt.Sprintf("job-%d", n)) })
	}
	over := make(chan struct{})
	var sweeper sync.WaitGroup
	sweeper.Go(func() { s.sweepUntil(over) })
	lives.Wait()
	close(over)
	sweeper.Wait()
	s.calm.Store(true)
	for range 3 * driver.DefaultMaxAttempts { // a sweep starts one attempt at most
		time.Sleep(30 * time.Minute)
		s.sweep()
	}
	s.workers.Wait()
	time.Sleep(30 * time.Minute)
	s.store.finish(s.opts.Jobs)
}

// live is the life of one job: created at some time in two hours, triggered once, twice
// or never, and sometimes canceled.
func (s *simulation) live(id string) {
	rng := s.rng(id, 0)
	pause(rng, 2*time.Hour)
	s.create(id, rng)
	triggers := []int{1, 1, 1, 1, 1, 1, 1, 2, 3, 0}[rng.IntN(10)]
	if s.opts.Deploy != nil {
		triggers = 0
	}
	var running sync.WaitGroup
	for n := range triggers {
		running.Go(func() { s.trigger(id, s.rng(id, 100+n)) })
	}
	if rng.IntN(30) == 0 {
		pause(rng, 3*time.Minute)
		_, err := jobstore.Cancel(s.Context(), s.process(rng), id, "no longer wanted")
		if errors.Is(err, jobstore.ErrNotFound) || errors.Is(err, jobstore.ErrInvalid) {
			s.Errorf("cancel %s: %v", id, err)
		}
	}
	running.Wait()
	if rng.IntN(3) == 0 {
		pause(rng, time.Hour)
		_, _ = jobstore.Retry(s.Context(), s.process(rng), id) // as an operator does
	}
}

// create repeats itself until the job exists, as a client would.
func (s *simulation) create(id string, rng *rand.Rand) {
	client, hold, start := s.process(rng), rng.IntN(5) == 0, time.Time{}
	if rng.IntN(10) == 0 {
		start = time.Now().Add(wait(rng))
	}
	for {
		_, err := client.Create(s.Context(), "question", func(o *jobstore.CreateOptions) {
			o.ID = id
			if hold {
				o.OnLeaseExpiry = jobstore.Hold
			}
			o.StartAt = start
		})
		if err == nil || errors.Is(err, jobstore.ErrExists) {
			return
		}
		pause(rng, time.Second)
	}
}

// trigger is a stream mapping: it invokes a worker, and again a few times after a
// RetryError, as soon as that allows.
func (s *simulation) trigger(id string, rng *rand.Rand) {
	pause(rng, 10*time.Second)
	for range 5 {
		pause(rng, time.Second)
		var retry *jobstore.RetryError
		if err := s.invoke(id, rng); !errors.As(err, &retry) {
			return
		}
		if retry.After.IsZero() {
			pause(rng, 2*time.Minute)
		}
		time.Sleep(time.Until(retry.After))
	}
}

func (s *simulation) sweepUntil(over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case <-time.After(10 * time.Minute):
			s.sweep()
		}
	}
}

// sweep starts what is stuck. Its requests have faults like all others.
func (s *simulation) sweep() {
	sweeps := s.sweeps.Add(1)
	p := s.process(s.rng("sweep", int(sweeps)))
	_, err := jobstore.Sweep(s.Context(), p, func(_ context.Context, j jobstore.Stuck) error {
		s.start(j.ID)
		return nil
	}, func(o *jobstore.SweepOptions) { o.Logger = slog.New(slog.DiscardHandler) })
	if err != nil && s.calm.Load() {
		s.Errorf("Sweep: %v", err)
	}
}

func (s *simulation) invokeStuck(id string) {
	s.workers.Go(func() { _ = s.invoke(id, s.visit(id)) })
}

// deployed is the worker of the user's deployment.
func (s *simulation) deployed(ctx context.Context, id string) error {
	return s.work(ctx, id, s.visit(id))
}

// visit is the source of the next attempt that no trigger of Chaos started.
func (s *simulation) visit(id string) *rand.Rand {
	n, _ := s.visits.LoadOrStore(id, new(atomic.Int64))
	return s.rng(id, 1000+int(n.(*atomic.Int64).Add(1)))
}

// upTo draws a duration below d.
func upTo(rng *rand.Rand, d time.Duration) time.Duration { return time.Duration(rng.Int64N(int64(d))) }

// pause waits for up to d.
func pause(rng *rand.Rand, d time.Duration) { time.Sleep(upTo(rng, d)) }
