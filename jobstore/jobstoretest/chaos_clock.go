package jobstoretest

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const (
	grace  = 10 * time.Second // the default of RunOptions.LeaseGrace
	lapse  = 5 * time.Minute
	notice = 5 * time.Second // how often Run compares a lease with the clocks
)

// clock is the clock of a process. It is ahead of the others or behind, by half a grace
// at most. It can be stepped, and a freeze stops the process: its requests, its
// handler and all that ask for the time wait until it goes on.
type clock struct {
	skew time.Duration

	mu      sync.Mutex
	step    time.Duration
	astray  bool // it was stepped by more than Run is made for
	thawing time.Time
}

func newClock(rng *rand.Rand) *clock { return &clock{skew: upTo(rng, grace) - grace/2} }

// store is the time that the process sends to the store. A step does not change it.
func (c *clock) store() time.Time { return time.Now().Add(c.skew) }

// now is the clock of the process's leases.
func (c *clock) now() time.Time {
	c.thaw()
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.skew + c.step)
}

// thaw waits until the process is not frozen.
func (c *clock) thaw() {
	c.mu.Lock()
	left := time.Until(c.thawing)
	c.mu.Unlock()
	if left > 0 {
		time.Sleep(left)
	}
}

func (c *clock) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.thawing = time.Now().Add(lapse)
}

func (c *clock) stepTo(step time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step, c.astray = step, true
}

func (c *clock) strayed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.astray
}

// overlooks is true while the process cannot know that its lease has ended: its clock
// was stepped, it is frozen, or it has just gone on.
func (c *clock) overlooks() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.astray || time.Since(c.thawing) < notice
}

// sleep waits for d as the process sees it, or until ctx ends.
func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	defer c.thaw()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

func (c *clock) options(o *jobstore.RunOptions) { o.Now = c.now }
