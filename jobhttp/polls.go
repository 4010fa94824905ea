package jobhttp

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// The refusals of a watcher.
var (
	errFull    = errors.New("there are too many watchers")
	errJobFull = errors.New("the job has too many watchers")
	errOwnFull = errors.New("the caller has too many watchers")
)

const retryFull = "5" // seconds

// polls are the polls of the jobs that are watched.
type polls[In, Out any] struct {
	store    jobstore.JobStore[In, Out]
	notifier jobstore.Notifier // nil if the store is none
	opts     Options
	unreads  *unreads
	reads    chan struct{} // has one for each poll that reads

	mu       sync.Mutex
	byID     map[string]*poll[In, Out]
	watchers int // of all jobs
	shares   map[share]int
}

func newPolls[In, Out any](store jobstore.JobStore[In, Out], o Options, u *unreads) *polls[In, Out] {
	notifier, _ := jobstore.As[jobstore.Notifier](store)
	return &polls[In, Out]{store: store, notifier: notifier, opts: o, unreads: u, reads: make(chan struct{}, mostReads), byID: map[string]*poll[In, Out]{}, shares: map[share]int{}}
}

func (s *polls[In, Out]) notify(id string) (changed <-chan struct{}, stop func()) {
	if s.notifier == nil {
		return nil, func() {}
	}
	return s.notifier.Notify(id)
}

// join returns the poll of a job. The first to join starts it. Its reads are for all, and so
// have the context of none: a store that finds a tenant or a token there would show the
// job of one to another.
func (s *polls[In, Out]) join(id string) *poll[In, Out] {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byID[id]
	if p == nil {
		p = &poll[In, Out]{id: id, polls: s, shares: map[share]int{}, look: make(chan struct{}, 1), changed: make(chan struct{}), fresh: make(chan struct{})}
		var ctx context.Context
		ctx, p.stop = context.WithCancel(context.Background())
		s.byID[id] = p
		go s.run(ctx, p)
	}
	p.refs++
	return p
}

// run ends the watches of a job whose poll a panic or [runtime.Goexit] of the user's code ends.
func (s *polls[In, Out]) run(ctx context.Context, p *poll[In, Out]) {
	broken := &snapshot[In, Out]{err: errors.New("the store called runtime.Goexit"), over: true}
	defer s.forget(p)
	defer func() {
		if broken != nil {
			s.publish(p, broken, time.Now())
		}
	}()
	defer s.recover(ctx, p.id, broken)
	p.run(ctx, s)
	broken = nil
}

// leave stops the poll with the last one that leaves.
func (s *polls[In, Out]) leave(p *poll[In, Out]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.refs--; p.refs == 0 {
		s.drop(p)
	}
}

// forget has the next watcher start another poll.
func (s *polls[In, Out]) forget(p *poll[In, Out]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(p)
}

func (s *polls[In, Out]) drop(p *poll[In, Out]) {
	p.stop()
	if s.byID[p.id] == p {
		delete(s.byID, p.id)
	}
}

// enter counts a watcher of a poll, or refuses it. The first one takes up places for the
// record too, which the poll keeps.
func (s *polls[In, Out]) enter(p *poll[In, Out], of share) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	weight := 0
	if p.watchers == 0 {
		weight = s.opts.weight(p.memory.bytes)
	}
	switch {
	case p.watchers >= s.opts.MaxJobWatchers:
		return errJobFull
	case of.named() && s.shares[of]+weight >= s.opts.MaxCallerWatchers, (of.named() || of.byToken) && p.shares[of] >= s.opts.mostOfJob():
		return errOwnFull
	case s.watchers+weight >= s.opts.MaxWatchers:
		return errFull
	}
	if p.watchers == 0 {
		p.payer, p.weight, p.memory.placed = of, weight, p.memory.bytes
		s.count(of, weight)
	}
	p.watchers++
	p.shares[of]++
	s.count(of, 1)
	return nil
}

func (s *polls[In, Out]) exit(p *poll[In, Out], of share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.watchers--
	s.count(of, -1)
	if p.shares[of]--; p.shares[of] == 0 {
		delete(p.shares, of)
		s.pass(p, of)
	}
}

// pass has one of those who stay take up the places of what the poll keeps, when who has done so left.
func (s *polls[In, Out]) pass(p *poll[In, Out], left share) {
	if p.payer != left {
		return
	}
	for of := range p.shares {
		s.pays(p, of)
		return
	}
	s.count(left, -p.weight)
	s.unreads.replace(p.share(left), p.memory.claim, p.share(left), claim{})
	p.memory.claim = claim{}
}

func (s *polls[In, Out]) count(of share, places int) {
	s.watchers += places
	if s.shares[of] += places; s.shares[of] == 0 {
		delete(s.shares, of)
	}
}

// wake has a watched job read now, since this process has changed it.
func (s *polls[In, Out]) wake(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.byID[id]; p != nil {
		p.lookNow()
	}
}
