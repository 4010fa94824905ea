// Package recent remembers the job IDs that a process has seen finished, so that a
// redelivery of one costs a read and not a refused write.
package recent

import "sync"

// size bounds the memory: an ID is 36 bytes as a rule, and 2 KB at most.
const size = 512

// Set holds the latest IDs that were added. Its zero value is empty. It is safe for
// concurrent use.
type Set struct {
	mu   sync.Mutex
	has  map[string]bool
	ring [size]string
	next int
}

// Add adds id and forgets the oldest one.
func (s *Set) Add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.has[id] {
		return
	}
	if s.has == nil {
		s.has = map[string]bool{}
	}
	delete(s.has, s.ring[s.next])
	s.ring[s.next], s.has[id] = id, true
	s.next = (s.next + 1) % size
}

// Has reports whether id is among the latest.
func (s *Set) Has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.has[id]
}
