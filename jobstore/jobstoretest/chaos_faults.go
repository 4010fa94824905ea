package jobstoretest

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

var (
	errThrottled = errors.New("chaos: throttled")
	errLost      = errors.New("chaos: the answer was lost")
	errDead      = errors.New("chaos: the process is dead")
	errHung      = errors.New("chaos: no answer")
)

// fault is what happens to one request.
type fault int

const (
	none      fault = iota
	throttled       // refused
	lost            // took effect, but the answer was lost
	repeated        // the answer was lost, and the client sends the same request again
	copied          // the network delivers it once more, to no one
	hung            // no answer; it never arrives
	hungTook        // no answer; it took effect
	hungLate        // no answer; it arrives after the client has stopped waiting
)

// faults are those of 40 requests.
var faults = [40]fault{throttled, lost, repeated, copied, copied, copied, hung, hungTook, hungLate}

// fate is what is drawn for one request.
type fate struct {
	fault                fault
	before, after, later time.Duration
}

func draw(rng *rand.Rand) fate {
	return fate{faults[rng.IntN(len(faults))], upTo(rng, 50*time.Millisecond), upTo(rng, 50*time.Millisecond), upTo(rng, 10*time.Minute)}
}

// exchange sends a request of p and waits for the answer. call makes it at the store.
func exchange[T any](ctx context.Context, p *process, r request, call func(context.Context) (T, error)) (answer T, err error) {
	f := p.draw()
	if err := p.clock.sleep(ctx, f.before); err != nil {
		return answer, err
	}
	if p.dead.Load() {
		return answer, errDead
	}
	r.at = p.clock.store() // a copy has the same
	got, err := deliver(ctx, p, f, r, func(r request) (answer T, err error) {
		p.sim.store.see(r, func() error {
			answer, err = call(context.WithoutCancel(ctx))
			return err
		})
		return answer, err
	})
	if late := p.clock.sleep(ctx, f.after); late != nil {
		return answer, late
	}
	if p.dead.Load() {
		return answer, errDead
	}
	return got, err
}

// deliver is the network between p and the store.
func deliver[T any](ctx context.Context, p *process, f fate, r request, send func(request) (T, error)) (unknown T, err error) {
	switch f.fault {
	case throttled:
		return unknown, errThrottled
	case hung:
		return unknown, p.hang(ctx)
	case hungLate:
		r.late = true
		p.sim.later(f.later, func() { _, _ = send(r) })
		return unknown, p.hang(ctx)
	}
	answer, err := send(r)
	r.copied, r.first = true, err
	switch f.fault {
	case lost:
		return unknown, errLost
	case hungTook:
		return unknown, p.hang(ctx)
	case repeated:
		return send(r)
	case copied:
		p.sim.later(f.later, func() { _, _ = send(r) })
	}
	return answer, err
}

// hang waits for an answer that does not come, for no longer than a client does.
func (p *process) hang(ctx context.Context) error {
	if err := p.clock.sleep(ctx, time.Minute); err != nil {
		return err
	}
	return errHung
}

// later has the network deliver something after d.
func (s *simulation) later(d time.Duration, deliver func()) {
	s.workers.Go(func() {
		time.Sleep(d)
		deliver()
	})
}
