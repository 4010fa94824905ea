package lambdalocal

import (
	"errors"
	"sync"
	"time"
)

// errThrottled is the error of an invocation for which no concurrency is free.
var errThrottled = errors.New("lambdalocal: throttled")

// grace is how long an invocation waits for an environment that has answered and not
// yet asked for more. In Lambda the answer's way to the caller takes longer than that.
const grace = 100 * time.Millisecond

// slots count a function's concurrent invocations. As in Lambda, an environment is busy
// until its process asks for the next invocation or ends.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
type slots struct {
	limit int // below 0: unlimited

	mu        sync.Mutex
	used      int
	lingering int           // of used: have answered
	freed     chan struct{} // closed when a lingering one is freed
}

func (s *slots) acquire() bool {
	ok, freed := s.try()
	if ok || freed == nil {
		return ok
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return false
		case <-freed:
		}
		if ok, freed = s.try(); ok || freed == nil {
			return ok
		}
	}
}

// try takes a slot. If it cannot, freed says when to try again; if freed is nil, no
// slot is about to be free.
func (s *slots) try() (ok bool, freed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limit < 0 || s.used < s.limit {
		s.used++
		return true, nil
	}
	if s.lingering == 0 {
		return false, nil
	}
	if s.freed == nil {
		s.freed = make(chan struct{})
	}
	return false, s.freed
}

func (s *slots) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
}

// linger keeps a slot beyond release, until settled is called.
func (s *slots) linger() (settled func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used++
	s.lingering++
	return s.settle
}

func (s *slots) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
	s.lingering--
	if s.freed != nil {
		close(s.freed)
		s.freed = nil
	}
}

// admitted makes one attempt, or fails with errThrottled.
func (i *invocation) admitted() (outcome, error) {
	faults := i.fn.local.faults
	if faults.strikes(faults.Throttle, "throttle", i) || !i.fn.slots.acquire() {
		i.note("throttled")
		return outcome{}, errThrottled
	}
	defer i.fn.slots.release()
	return i.run(), nil
}
