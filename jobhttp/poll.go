package jobhttp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const (
	readTimeout = 10 * time.Second // of one read of a watched job
	patience    = 10               // an unchanged job is read after 1/patience of the time since its last change

	// unitsPerSecond are the read units of DynamoDB that a watched job takes. A consistent read
	// takes one for each 4 KB, so a small request could take thousands of the table's a minute.
	unitsPerSecond = 20
	unitBytes      = 4 << 10

	mostReads = 64              // at once, of all watched jobs: each has a record in memory, which may be large
	slowRead  = time.Second / 4 // that others do not wait for
)

// poll reads a watched job for all its watchers, and encodes its view once. Each of them
// sees the newest view, and no queue of older ones.
type poll[In, Out any] struct {
	id    string
	polls *polls[In, Out]
	stop  context.CancelFunc
	look  chan struct{} // asks for a read now

	refs, watchers int // guarded by polls.mu, as are the next four
	shares         map[share]int
	payer          share // who takes up the places of what the poll keeps
	weight         int   // how many these are
	memory         holding

	mu      sync.Mutex         // after polls.mu
	now     *snapshot[In, Out] // nil before the first read
	full    bool               // there was no room for the latest that was read
	asked   time.Time          // when the latest read that has ended began
	reading bool
	changed chan struct{} // closed, and replaced, when now changes
	fresh   chan struct{} // closed, and replaced, after each read
}

// snapshot is a watched job as it was read.
type snapshot[In, Out any] struct {
	rendered
	job  *jobstore.Job[In, Out]
	err  error
	over bool // nothing comes after it

	asked time.Time // when the read began
	users int       // watchers who are shown it; guarded by poll.mu
}

// run reads the job until it is over or ctx ends.
func (p *poll[In, Out]) run(ctx context.Context, s *polls[In, Out]) {
	notified, silence := s.notify(p.id)
	defer silence()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for changedAt := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-notified:
		case <-p.look:
		}
		got := p.read(ctx, s)
		if got.over {
			return
		}
		if got.changed || got.full {
			changedAt = time.Now()
		}
		timer.Reset(s.pause(time.Since(changedAt), got.size, notified != nil && !got.full))
	}
}

// pause is the time to the next read of a job of this size that has not changed for so long.
func (s *polls[In, Out]) pause(unchanged time.Duration, size int, notified bool) time.Duration {
	if notified {
		return s.opts.MaxPollInterval // in case a notification is lost
	}
	units := (size + unitBytes - 1) / unitBytes
	return min(max(unchanged/patience, s.opts.PollInterval, time.Duration(units)*time.Second/unitsPerSecond), s.opts.MaxPollInterval)
}

// outcome is what came of a read.
type outcome struct {
	changed, over bool
	full          bool // what was read does not fit
	size          int  // of the newest record
}

func (p *poll[In, Out]) read(ctx context.Context, s *polls[In, Out]) outcome {
	end, ok := s.begin(ctx)
	if !ok {
		return outcome{over: true} // the last watcher has gone
	}
	defer end()
	asked := time.Now()
	if !s.ready(p, asked) {
		return outcome{full: true}
	}
	next := s.get(ctx, p.id)
	if ctx.Err() != nil {
		return outcome{over: true}
	}
	got, left := s.publish(p, next, asked)
	s.log(ctx, p, left)
	return got
}

// begin waits for the reads of others, but not for slow ones: a caller whose jobs are slow to read,
// such as those of a throttled partition, would keep all others from theirs. A slow read has nothing in
// memory yet. It gives up its place, so that those who wait do not all read at once.
func (s *polls[In, Out]) begin(ctx context.Context) (end func(), ok bool) {
	select {
	case s.reads <- struct{}{}:
	case <-ctx.Done():
		return nil, false
	}
	leave := sync.OnceFunc(func() { <-s.reads })
	slow := time.AfterFunc(slowRead, leave)
	return func() { slow.Stop(); leave() }, true
}

// publish makes next the newest snapshot, or returns the error of one that is left out.
func (s *polls[In, Out]) publish(p *poll[In, Out], next *snapshot[In, Out], asked time.Time) (got outcome, left error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	next = next.after(p.now)
	p.done(asked)
	if !next.follows(p.now) {
		s.fit(p)
		return outcome{size: p.now.size()}, next.err
	}
	if p.full = !s.hold(p, next); p.full {
		return outcome{full: true, size: next.size()}, nil
	}
	next.asked = asked
	got = outcome{over: next.over, size: next.size(), changed: p.now == nil || p.now.version != next.version}
	if p.now = next; got.changed {
		close(p.changed)
		p.changed = make(chan struct{})
	}
	return got, nil
}

// done tells those who wait for a read.
func (p *poll[In, Out]) done(asked time.Time) {
	p.asked, p.reading = asked, false
	close(p.fresh)
	p.fresh = make(chan struct{})
}

// follows is true of a snapshot that takes the place of old, also if a client sees the same:
// an Authorize may see more. A failed read does not, unless it is the first or says that the
// job does not exist any more. A store that reads from a copy may return an older state:
// that is left out. A cancel is not older, whatever the clock of who canceled says.
func (n *snapshot[In, Out]) follows(old *snapshot[In, Out]) bool {
	switch {
	case old == nil || old.job == nil:
		return true
	case n.err != nil:
		return n.over
	}
	return n.job.CreatedAt.Equal(old.job.CreatedAt) && (n.job.Canceled || n.job.Version() >= old.job.Version())
}

// after is n as those may see it who watch the job of old. If another job has its ID now, they
// connect again, and are authorized again.
func (n *snapshot[In, Out]) after(old *snapshot[In, Out]) *snapshot[In, Out] {
	if n.err == nil && old != nil && old.job != nil && n.replaces(old.job) {
		return &snapshot[In, Out]{err: jobstore.ErrNotFound, over: true}
	}
	return n
}

// replaces is true of a job of another caller, whatever the clock says that it was created
// by, and of one that was created later.
func (n *snapshot[In, Out]) replaces(old *jobstore.Job[In, Out]) bool {
	return n.job.Caller != old.Caller || n.job.CreatedAt.After(old.CreatedAt)
}

func (s *polls[In, Out]) get(ctx context.Context, id string) (n *snapshot[In, Out]) {
	n = &snapshot[In, Out]{}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	defer s.recover(ctx, id, n)
	if n.job, n.err = s.store.Get(ctx, id); n.err != nil {
		n.over = errors.Is(n.err, jobstore.ErrNotFound) || errors.Is(n.err, jobstore.ErrDecode) || errors.Is(n.err, jobstore.ErrInvalid)
		return n
	}
	n.rendered, n.err = render(s.opts, n.job)
	n.over = n.err != nil || n.job.Status.Finished()
	return n
}

// recover ends the watches of a job whose read panics, such as in a store or an encoder of
// the user's. No server would recover from it in this goroutine. The job stays, for who may not
// read it is told that there is none.
func (s *polls[In, Out]) recover(ctx context.Context, id string, n *snapshot[In, Out]) {
	if v := recover(); v != nil {
		*n = snapshot[In, Out]{job: n.job, err: fmt.Errorf("panic with a value of type %T", v), over: true}
		s.opts.Logger.ErrorContext(ctx, "jobhttp: reading a watched job panicked", "job", id, "error", n.err, "stack", string(debug.Stack()))
	}
}

func (s *polls[In, Out]) log(ctx context.Context, p *poll[In, Out], err error) {
	if err != nil {
		s.opts.Logger.WarnContext(ctx, "jobhttp: a watched job was not read, the watch goes on", "job", p.id, "error", err)
	}
}

// first waits for a snapshot that is not older than maxAge. If there was no room for it, that is
// the newest one for which there was.
func (p *poll[In, Out]) first(ctx context.Context, maxAge time.Duration) (now *snapshot[In, Out], full bool, err error) {
	oldest := time.Now().Add(-maxAge)
	for {
		p.mu.Lock()
		now, full = p.now, p.full
		asked, fresh, reading := p.asked, p.fresh, p.reading
		p.mu.Unlock()
		if now != nil && (now.over || !asked.Before(oldest)) {
			return now, full, nil
		}
		if !asked.IsZero() && !reading {
			p.lookNow()
		}
		select {
		case <-fresh:
		case <-ctx.Done():
			return now, full, ctx.Err()
		}
	}
}

func (p *poll[In, Out]) lookNow() {
	select {
	case p.look <- struct{}{}:
	default: // it will
	}
}
