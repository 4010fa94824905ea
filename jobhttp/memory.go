package jobhttp

import "time"

// holding is the memory of what a poll has read: its newest snapshot, and older ones that are
// being written.
type holding struct {
	bytes  int
	placed int   // of these, that the first watcher took up places for
	claim  claim // for the others, with the answers that are not read
	wanted int   // of a snapshot that did not fit
}

// bytes is the memory of a snapshot: the record, and the event that was made of it. That of a
// small one is in a watcher's.
func (n *snapshot[In, Out]) bytes() int {
	if n == nil {
		return 0
	}
	if b := n.size() + max(n.size(), len(n.event)); b >= watcherBytes {
		return b
	}
	return 0
}

// size is that of the record, or 0 if there is none.
func (n *snapshot[In, Out]) size() int {
	if n == nil || n.job == nil {
		return 0
	}
	return n.job.Size
}

// hold is true if there is room for another snapshot of a poll, beside those that are being
// written. Otherwise its watchers wait, and a later read tries again. A state that is not the
// last one may stay for long. An end waits for no more than the writes of other jobs.
func (s *polls[In, Out]) hold(p *poll[In, Out], next *snapshot[In, Out]) bool {
	p.memory.wanted = next.bytes()
	bytes, ok := s.room(p, !next.over)
	if ok {
		p.memory.bytes, p.memory.wanted = bytes, 0
	} else {
		s.fit(p)
	}
	return ok
}

// room claims what a poll holds with the snapshot that it wants. It has one of those who watch
// take that up: who has taken up the poll's places, or else another one. So no caller keeps the states
// of a job from others, nor its end by one who does not read the states before: of ends there is one.
func (s *polls[In, Out]) room(p *poll[In, Out], lasting bool) (bytes int, ok bool) {
	kept := p.memory.bytes
	if p.now != nil && p.now.users == 0 {
		kept -= p.now.bytes()
	}
	bytes = kept + p.memory.wanted
	c, several := claim{bytes: p.beyond(bytes), lasting: lasting}, lasting && kept > 0
	if s.claimed(p, p.payer, c, several) {
		return bytes, true
	}
	for of := range p.shares {
		if of != p.payer && s.claimed(p, of, c, several) {
			return bytes, true
		}
	}
	return 0, false
}

// beyond is how many of the bytes that a poll holds there are no places for.
func (p *poll[In, Out]) beyond(bytes int) int {
	if p.watchers == 0 {
		return 0 // the first one to come takes up places for them
	}
	return max(0, bytes-p.memory.placed)
}

// claimed has one of those who watch take up what a poll holds, if there is room for that. The states
// of a job are several if others are still being written.
func (s *polls[In, Out]) claimed(p *poll[In, Out], of share, c claim, several bool) bool {
	if s.unreads.try(p.share(p.payer), p.memory.claim, p.share(of), c, several) != nil {
		return false
	}
	p.memory.claim = c
	s.moves(p, of)
	return true
}

// pays has one of those who watch take up what a poll holds, whatever room there is.
func (s *polls[In, Out]) pays(p *poll[In, Out], of share) {
	s.unreads.replace(p.share(p.payer), p.memory.claim, p.share(of), p.memory.claim)
	s.moves(p, of)
}

func (s *polls[In, Out]) moves(p *poll[In, Out], payer share) {
	s.count(p.payer, -p.weight)
	s.count(payer, p.weight)
	p.payer = payer
}

// fit has a poll claim what it holds, after a claim for more.
func (s *polls[In, Out]) fit(p *poll[In, Out]) {
	c := claim{bytes: p.beyond(p.memory.bytes), lasting: p.now == nil || !p.now.over}
	s.unreads.replace(p.share(p.payer), p.memory.claim, p.share(p.payer), c)
	p.memory.claim = c
}

func (p *poll[In, Out]) share(of share) jobShare { return jobShare{of, p.id} }

// ready is true if a poll may read. One that found no room reads again when there is some: else
// all that wait would have what they read in memory at once.
func (s *polls[In, Out]) ready(p *poll[In, Out], asked time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reading = true
	if !p.full {
		return true
	}
	_, ok := s.room(p, false)
	if !ok {
		p.done(asked)
	}
	return ok
}

// take returns the newest snapshot, which is held until drop is called, and a channel that
// closes when there is a newer one.
func (p *poll[In, Out]) take() (now *snapshot[In, Out], changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.users++
	return p.now, p.changed
}

func (p *poll[In, Out]) drop(now *snapshot[In, Out]) {
	if p.dropped(now) && now.bytes() > 0 {
		p.polls.mu.Lock()
		defer p.polls.mu.Unlock()
		p.memory.bytes -= now.bytes()
		p.polls.fit(p)
	}
}

// dropped is true if a snapshot has become garbage.
func (p *poll[In, Out]) dropped(now *snapshot[In, Out]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now.users--
	return now.users == 0 && now != p.now
}

// show calls f with the newest snapshot.
func (p *poll[In, Out]) show(f func(*snapshot[In, Out]) bool) (changed <-chan struct{}, ok bool) {
	now, changed := p.take()
	defer p.drop(now)
	return changed, f(now)
}
