package jobstoretest

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// invoke is one invocation of a worker: with a deadline, as in Lambda, or sometimes
// without, as in a container.
func (s *simulation) invoke(id string, rng *rand.Rand) error {
	if rng.IntN(5) == 0 {
		return s.work(s.Context(), id, rng)
	}
	ctx, cancel := context.WithTimeout(s.Context(), 30*time.Second+upTo(rng, 90*time.Second))
	defer cancel()
	return s.work(ctx, id, rng)
}

// work is the work of an invocation. One in ten is killed at some point. One in five
// is frozen, cut off from the store, or has a clock that is stepped.
func (s *simulation) work(ctx context.Context, id string, rng *rand.Rand) error {
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	p := s.process(rng)
	if !s.calm.Load() {
		defer p.disturb(rng)()
		if rng.IntN(10) == 0 {
			defer after(upTo(rng, time.Minute), func() {
				p.dead.Store(true)
				kill()
			})()
		}
	}
	err := jobstore.Run(ctx, p, id, s.handler(p, rng), quiet, p.clock.options)
	p.claims("")
	return err
}

// handler draws how the work goes.
func (s *simulation) handler(p *process, rng *rand.Rand) jobstore.Handler[string, string] {
	return func(ctx context.Context, job *job) (string, error) {
		defer s.store.enter(ctx, p, job)()
		for range rng.IntN(5) {
			if err := p.clock.sleep(ctx, upTo(rng, 20*time.Second)); err != nil {
				return "", err
			}
			p.report(ctx, rng.IntN(101), "working")
			p.partial(ctx, job)
		}
		if s.calm.Load() {
			return answer(job), nil
		}
		if _, bounded := ctx.Deadline(); !bounded && rng.IntN(2) == 0 { // works for long, without a word
			if err := p.clock.sleep(ctx, upTo(rng, 20*time.Minute)); err != nil {
				return "", err
			}
		}
		switch rng.IntN(12) {
		case 0, 1:
			return "", errors.New("the model is busy")
		case 10:
			return "", jobstore.RetryAfter(errors.New("429"), wait(rng))
		case 11:
			return "", jobstore.Snooze(wait(rng))
		case 2:
			return "", jobstore.Permanent(errors.New("no such customer"))
		case 3:
			panic("out of range")
		case 4: // overstays, whatever its context says
			_ = p.clock.sleep(context.Background(), upTo(rng, 10*time.Minute))
			p.report(ctx, 99, "nearly there")
		}
		return answer(job), nil
	}
}

// wait draws a wait: one that fits into the invocation, or one that does not.
func wait(rng *rand.Rand) time.Duration {
	return upTo(rng, []time.Duration{10 * time.Second, 30 * time.Minute}[rng.IntN(2)])
}

// report is a report by a handler that a freeze stops.
func (p *process) report(ctx context.Context, percent int, message string) {
	_ = jobstore.Report(ctx, percent, message)
	p.clock.thaw()
}

// partial shows the output so far, which says whose it is.
func (p *process) partial(ctx context.Context, j *job) {
	_ = jobstore.Partial(ctx, soFar(j.Attempt))
	p.clock.thaw()
}

func soFar(attempt int) string { return "attempt " + strconv.Itoa(attempt) + " has begun" }
