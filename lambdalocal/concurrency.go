package lambdalocal

import (
	"errors"
	"sync"
)

// errThrottled is an invocation that found no concurrency left.
var errThrottled = errors.New("lambdalocal: throttled")

// slots are a function's reserved concurrency.
type slots struct {
	limit int // below 0: none

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

// admitted runs one attempt if there is concurrency for it, and fails with
// errThrottled if not.
func (i *invocation) admitted() (outcome, error) {
	faults := i.fn.local.faults
	if faults.strikes(faults.Throttle, "throttle", i) || !i.fn.slots.acquire() {
		i.note("throttled")
		return outcome{}, errThrottled
	}
	defer i.fn.slots.release()
	return i.run(), nil
}
