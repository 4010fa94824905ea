package lambdalocal

import (
	"errors"
	"sync"
)

// errThrottled is the error of an invocation for which no concurrency is free.
var errThrottled = errors.New("lambdalocal: throttled")

// slots count a function's concurrent invocations.
type slots struct {
	limit int // below 0: unlimited

	mu   sync.Mutex
	used int
}

func (s *slots) acquire() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limit >= 0 && s.used >= s.limit {
		return false
	}
	s.used++
	return true
}

func (s *slots) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used--
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
