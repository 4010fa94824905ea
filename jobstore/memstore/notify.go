package memstore

import (
	"slices"
	"sync"
)

// listeners are the channels of [Store.Notify] by job ID.
type listeners struct {
	mu   sync.Mutex
	byID map[string][]chan struct{}
}

// Notify implements [jobstore.Notifier].
func (s *Store[In, Out]) Notify(id string) (changed <-chan struct{}, stop func()) {
	return s.listeners.add(id)
}

func (l *listeners) add(id string) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID == nil {
		l.byID = map[string][]chan struct{}{}
	}
	l.byID[id] = append(l.byID[id], c)
	return c, func() { l.remove(id, c) }
}

func (l *listeners) remove(id string, c chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := slices.DeleteFunc(l.byID[id], func(other chan struct{}) bool { return other == c })
	if l.byID[id] = left; len(left) == 0 {
		delete(l.byID, id)
	}
}

func (l *listeners) tell(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.byID[id] {
		select {
		case c <- struct{}{}:
		default: // it has yet to look
		}
	}
}
