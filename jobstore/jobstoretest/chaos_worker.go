package jobstoretest

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// invoke is one invocation of a worker: with a deadline, as in Lambda, or sometimes
// without, as in a container.
func (s *simulation) invoke(id string, rng *rand.Rand) error {
	if rng.IntN(10) == 0 {
		return s.work(s.Context(), id, rng)
	}
	ctx, cancel := context.WithTimeout(s.Context(), 30*time.Second+upTo(rng, 90*time.Second))
	defer cancel()
	return s.work(ctx, id, rng)
}

// work is the work of an invocation. One in ten is killed at some point.
func (s *simulation) work(ctx context.Context, id string, rng *rand.Rand) error {
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	store := s.faulty(rng)
	if rng.IntN(10) == 0 && !s.calm.Load() {
		timer := time.AfterFunc(upTo(rng, time.Minute), func() {
			store.dead.Store(true)
			kill()
		})
		defer timer.Stop()
	}
	return jobstore.Run(ctx, store, id, s.handler(rng), quiet)
}

// handler draws how the work goes.
func (s *simulation) handler(rng *rand.Rand) jobstore.Handler[string, string] {
	return func(ctx context.Context, job *job) (string, error) {
		for range rng.IntN(5) {
			if !busy(ctx, upTo(rng, 20*time.Second)) {
				return "", context.Cause(ctx)
			}
			_ = jobstore.Report(ctx, rng.IntN(101), "working")
		}
		if s.calm.Load() {
			return "answer", nil
		}
		switch rng.IntN(10) {
		case 0, 1:
			return "", errors.New("the model is busy")
		case 2:
			return "", jobstore.Permanent(errors.New("no such customer"))
		case 3:
			panic("out of range")
		case 4:
			time.Sleep(upTo(rng, 10*time.Minute)) // overstays, whatever its context says
			_ = jobstore.Report(ctx, 99, "nearly there")
		}
		return "answer", nil
	}
}

// busy waits for d. It returns false when ctx ended first.
func busy(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
