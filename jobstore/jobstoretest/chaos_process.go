package jobstoretest

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// process is the store as one process sees it: through a network with faults, and by
// its own clock. After the death of the process no request is sent.
type process struct {
	sim   *simulation
	clock *clock
	dead  atomic.Bool
	mu    sync.Mutex // a worker reports and renews at the same time, and leaves requests behind
	owner string     // of its last claim; a Run that waits in place makes several
	taken bool       // an answer said in time that the claim is its own
	rng   *rand.Rand
	cut   time.Time // no request arrives until then
}

func (s *simulation) process(rng *rand.Rand) *process {
	own := rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64()))
	return &process{sim: s, clock: newClock(own), rng: own}
}

func (p *process) draw() fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := draw(p.rng)
	switch {
	case p.sim.calm.Load():
		f.fault = none
	case time.Now().Before(p.cut):
		f.fault = hung
	}
	return f
}

// disturb freezes the process, cuts it off or steps its clock, at some time while it
// lives.
func (p *process) disturb(rng *rand.Rand) (stop func()) {
	at, there := upTo(rng, time.Minute), upTo(rng, 2*lapse)-lapse
	switch rng.IntN(20) {
	case 0:
		return after(at, p.clock.freeze)
	case 1, 2:
		return after(at, p.cutOff)
	case 3:
		first := after(at, func() { p.clock.stepTo(there) })
		second := after(at+upTo(rng, time.Minute), func() { p.clock.stepTo(0) })
		return func() { first(); second() }
	}
	return func() {}
}

func after(d time.Duration, do func()) (stop func()) {
	timer := time.AfterFunc(d, do)
	return func() { timer.Stop() }
}

func (p *process) cutOff() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = time.Now().Add(lapse)
}

func (p *process) Create(ctx context.Context, input string, opts ...func(*jobstore.CreateOptions)) (*job, error) {
	var o jobstore.CreateOptions
	for _, opt := range opts {
		opt(&o)
	}
	return exchange(ctx, p, request{op: "create", id: o.ID, start: o.StartAt}, func(ctx context.Context) (*job, error) {
		return p.sim.store.inner.Create(ctx, input, func(to *jobstore.CreateOptions) { *to = o })
	})
}

func (p *process) Get(ctx context.Context, id string) (*job, error) {
	return p.sim.store.inner.Get(ctx, id)
}

func (p *process) Claim(ctx context.Context, id string, lease jobstore.Lease) (*job, error) {
	p.claims(lease.Owner)
	r := request{op: "claim", id: id, owner: lease.Owner, astray: p.clock.strayed()}
	j, err := exchange(ctx, p, r, func(ctx context.Context) (*job, error) {
		return p.sim.store.inner.Claim(ctx, id, lease)
	})
	if err == nil && ctx.Err() == nil { // else Run need not have waited, as for one whose process was frozen
		p.take(lease.Owner)
	}
	return j, err
}

// claims notes that the process claims a job with an owner, or with none any more. It excuses the
// worker with the claim before if it could not start its handler.
func (p *process) claims(owner string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.owner == owner {
		return // another try
	}
	if p.dead.Load() || !p.taken {
		p.sim.store.excuse(p.owner)
	}
	p.owner, p.taken = owner, false
}

func (p *process) take(owner string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = p.taken || p.owner == owner
}

func (p *process) Report(ctx context.Context, c jobstore.Claim, h jobstore.Heartbeat) error {
	r := request{op: "report", id: c.ID, claim: &c, beat: &h, astray: p.clock.strayed()}
	return p.write(ctx, r, func(ctx context.Context) error { return p.sim.store.inner.Report(ctx, c, h) })
}

func (p *process) Settle(ctx context.Context, c jobstore.Claim, o jobstore.Outcome[string]) error {
	if o.Uncounted {
		p.sim.store.excuse(c.Owner)
	}
	r := request{op: "settle", id: c.ID, claim: &c, outcome: &o}
	return p.write(ctx, r, func(ctx context.Context) error { return p.sim.store.inner.Settle(ctx, c, o) })
}

func (p *process) Cancel(ctx context.Context, id, reason string) (*job, error) {
	return exchange(ctx, p, request{op: "cancel", id: id}, func(ctx context.Context) (*job, error) {
		return jobstore.Cancel(ctx, p.sim.store.inner, id, reason)
	})
}

// Retry reopens nothing in a store that cannot.
func (p *process) Retry(ctx context.Context, id string) (*job, error) {
	if _, ok := jobstore.As[jobstore.Retrier[string, string]](p.sim.store.inner); !ok {
		return nil, errors.ErrUnsupported
	}
	return exchange(ctx, p, request{op: "retry", id: id}, func(ctx context.Context) (*job, error) {
		return jobstore.Retry(ctx, p.sim.store.inner, id)
	})
}

// Stuck is a query, which has no faults.
func (p *process) Stuck(ctx context.Context, now time.Time) iter.Seq2[jobstore.Stuck, error] {
	return p.sim.store.sweeper.Stuck(ctx, now)
}

func (p *process) Rearm(ctx context.Context, found jobstore.Stuck, at time.Time) (bool, error) {
	return exchange(ctx, p, request{op: "rearm", id: found.ID}, func(ctx context.Context) (bool, error) {
		rearmer, ok := p.sim.store.sweeper.(jobstore.Rearmer)
		if !ok {
			return true, nil
		}
		return rearmer.Rearm(ctx, found, at)
	})
}

// write is an exchange with an error for its answer.
func (p *process) write(ctx context.Context, r request, call func(context.Context) error) error {
	_, err := exchange(ctx, p, r, func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) })
	return err
}
