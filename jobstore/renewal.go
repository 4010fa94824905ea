package jobstore

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	checkEvery = 5 * time.Second // how often a lease is compared with both clocks
	again      = time.Second     // the wait after a heartbeat that failed
)

// hold keeps one claim while its handler runs. It stores progress, renews the lease
// and stops the handler when the claim is lost or can no longer be confirmed. It
// writes one heartbeat at a time, and each has a time limit.
type hold struct {
	opts  *RunOptions
	lease lease
	write func(context.Context, Heartbeat) error
	stop  context.CancelCauseFunc // ends the handler's context

	ctx  context.Context // of writes that no report asked for
	busy chan struct{}   // holds a token during a write

	mu       sync.Mutex // never held during a write
	term     term       // of the last confirmed lease
	seq      int
	progress *Progress // reported and not yet stored
	reportAt time.Time // earliest time of the next progress write
	renewAt  time.Time
	timer    *time.Timer
	cancel   context.CancelFunc // ends the write under way
	lost     error
	closed   bool
}

// newHold starts to keep the claim whose lease lasts for t. close ends it.
func newHold(ctx context.Context, o *RunOptions, l lease, t term, stop context.CancelCauseFunc, write func(context.Context, Heartbeat) error) *hold {
	h := &hold{opts: o, lease: l, term: t, write: write, stop: stop, ctx: context.WithoutCancel(ctx), busy: make(chan struct{}, 1)}
	h.renewAt = t.start.Add(l.renewAfter(t))
	h.mu.Lock() // wake may come before timer is set
	defer h.mu.Unlock()
	h.timer = time.AfterFunc(h.wait(), h.wake)
	return h
}

// report stores p now, or later when the last report was a moment ago.
func (h *hold) report(ctx context.Context, p *Progress) error {
	if now, err := h.take(p); err != nil || !now {
		return err
	}
	if err := h.begin(ctx); err != nil {
		return err
	}
	defer h.done()
	if !h.unsaved() { // the write before this one had it, or the handler has returned
		return nil
	}
	return h.beat(ctx)
}

// take keeps p for the next write, and reports whether that may be now.
func (h *hold) take(p *Progress) (now bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return false, &Error{Op: "report", Err: invalid("the handler has returned")}
	case h.lost != nil:
		return false, h.lost
	}
	h.progress = p
	if time.Now().Before(h.reportAt) {
		h.timer.Reset(h.wait())
		return false, nil
	}
	return true, nil
}

func (h *hold) unsaved() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.progress != nil && !h.closed
}

// begin waits for the write before, which has a time limit.
func (h *hold) begin(ctx context.Context) error {
	select {
	case h.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &Error{Op: "report", Err: context.Cause(ctx)}
	}
}

// done lets the next write begin.
func (h *hold) done() {
	<-h.busy
	h.arm()
}

// wake makes the writes that are due, and stops a handler whose lease runs out.
func (h *hold) wake() {
	_ = h.begin(h.ctx) // which never ends
	defer h.done()
	switch {
	case h.expiring():
		h.halt(ErrLeaseUnconfirmed)
	case h.due():
		_ = h.beat(h.ctx) // the next wake tries again; the outcome carries the progress
	}
}

func (h *hold) expiring() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.closed && h.spare() <= 0
}

func (h *hold) due() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	return !h.closed && (h.progress != nil && !now.Before(h.reportAt) || h.renews(now))
}

// renews reports whether a heartbeat must carry a new lease. h.mu is held.
func (h *hold) renews(now time.Time) bool {
	return !now.Before(h.renewAt) && h.lease.extends(h.term)
}

// spare is how long the handler may go on under the confirmed lease. h.mu is held.
func (h *hold) spare() time.Duration { return h.term.left(h.opts.Now) - h.opts.LeaseGrace }

// halt stops the handler.
func (h *hold) halt(cause error) {
	h.mu.Lock()
	h.lost = cause
	h.mu.Unlock()
	h.stop(cause)
}

// beat writes a heartbeat with what is due. The caller is between begin and done.
func (h *hold) beat(ctx context.Context) error {
	beat, next, limit := h.next()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if !h.cancelable(cancel) {
		return &Error{Op: "report", Err: invalid("the handler has returned")}
	}
	err := h.write(ctx, beat)
	h.settled(beat, next, err)
	if errors.Is(err, ErrLeaseLost) {
		h.halt(err)
	}
	return err
}

// next makes the heartbeat, the term that it confirms, and its time limit.
func (h *hold) next() (Heartbeat, term, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, next := time.Now(), h.term
	h.seq++
	beat := Heartbeat{Seq: h.seq, Progress: h.progress}
	if h.renews(now) {
		next = h.lease.term(h.opts.Now)
		beat.LeaseUntil = next.wall
	}
	if beat.Progress != nil {
		h.reportAt = now.Add(h.opts.ReportEvery)
	}
	return beat, next, min(h.opts.CallTimeout, h.spare())
}

// cancelable has close end the write that begins now. It is false after a close.
func (h *hold) cancelable(cancel context.CancelFunc) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cancel = cancel
	return !h.closed
}

// settled takes note of how a heartbeat went.
func (h *hold) settled(beat Heartbeat, next term, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil:
		if h.progress == beat.Progress {
			h.progress = nil
		}
		h.term = next
		h.renewAt = next.start.Add(h.lease.renewAfter(next))
	default:
		h.reportAt = time.Now().Add(max(h.opts.ReportEvery, again))
		h.renewAt = time.Now().Add(again)
	}
}

// arm has wake called when something is due next.
func (h *hold) arm() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed && h.lost == nil {
		h.timer.Reset(h.wait())
	}
}

// wait is the time until something is due. h.mu is held.
func (h *hold) wait() time.Duration {
	wait := min(checkEvery, h.spare())
	if h.lease.extends(h.term) {
		wait = min(wait, time.Until(h.renewAt))
	}
	if h.progress != nil {
		wait = min(wait, time.Until(h.reportAt))
	}
	return wait
}

// close ends the writes, one under way included. It returns the progress that is not
// known to be stored, and why the claim was lost, if it was.
func (h *hold) close() (last *Progress, lost error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.timer.Stop()
	if h.cancel != nil {
		h.cancel()
	}
	return h.progress, h.lost
}

// ErrLeaseUnconfirmed is why a handler was stopped whose lease could not be renewed
// in time: another worker may soon start the job.
var ErrLeaseUnconfirmed = errors.New("the lease could not be renewed in time")
