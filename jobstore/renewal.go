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
	never      = maxDelay        // longer than any invocation
)

// hold keeps one claim while its handler runs. It stores progress and partial output,
// renews the lease and stops the handler when the claim is lost or can no longer be confirmed. It
// writes one heartbeat at a time, and each has a time limit. A write that takes long holds up
// no look at the clocks.
type hold struct {
	opts  *RunOptions
	id    string
	size  int   // of the record when it was claimed
	base  lease // of a record without a size
	claim heldClaim
	stop  context.CancelCauseFunc // ends the handler's context

	ctx  context.Context // of writes that no report asked for
	busy chan struct{}   // holds a token during a write

	mu       sync.Mutex // never held during a write
	lease    lease      // of the record with its partial output
	term     term       // of the last confirmed lease
	seq      int
	progress slot[Progress]
	partial  slot[partial]
	stored   int   // size of the partial output in the record
	refused  error // why no more of it is stored
	renewAt  time.Time
	timer    *time.Timer        // of the next write
	guard    *time.Timer        // of the next look at the clocks
	cancel   context.CancelFunc // ends the write under way
	lost     error
	closed   bool
}

// heldClaim is the claim that a hold keeps.
type heldClaim interface {
	beat(context.Context, Heartbeat) error
	copy(out any) (*partial, error) // of the handler's output type
}

// slot has what is kept for the next write.
type slot[T any] struct {
	op    string
	value *T        // not yet stored
	at    time.Time // the earliest time of the write
}

func (s *slot[T]) due(now time.Time) bool { return s.value != nil && !now.Before(s.at) }

// stored takes note that v is stored.
func (s *slot[T]) stored(v *T) {
	if s.value == v {
		s.value = nil
	}
}

// within is the time until s is due, if that is less than wait.
func (s *slot[T]) within(wait time.Duration) time.Duration {
	if s.value == nil {
		return wait
	}
	return min(wait, time.Until(s.at))
}

// newHold starts to keep the claim whose lease lasts for t. close ends it.
func newHold(ctx context.Context, o *RunOptions, c Claim, l lease, t term, stop context.CancelCauseFunc, claim heldClaim) *hold {
	h := &hold{
		opts: o, id: c.ID, size: c.Size, base: l, lease: l.of(c.Size), term: t, claim: claim, stop: stop,
		ctx: context.WithoutCancel(ctx), busy: make(chan struct{}, 1),
		progress: slot[Progress]{op: "report"}, partial: slot[partial]{op: "partial"},
	}
	h.renewAt = t.start.Add(h.lease.renewAfter(t))
	wall := o.Now()
	h.mu.Lock() // wake and look may come before the timers are set
	defer h.mu.Unlock()
	h.timer = time.AfterFunc(h.wait(), h.wake)
	h.guard = time.AfterFunc(min(checkEvery, h.spare(wall)), h.look)
	return h
}

// keep stores v now, or later when the last write was a moment ago.
func keep[T any](ctx context.Context, h *hold, s *slot[T], v *T) error {
	if now, err := take(h, s, v); err != nil || !now {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, h.opts.CallTimeout)
	defer cancel()
	if err := h.begin(ctx); err != nil {
		return h.named(s.op, err)
	}
	defer h.done()
	if !unsaved(h, s) { // the write before this one had it, or the handler has returned
		return nil
	}
	return h.named(s.op, h.beat(ctx))
}

// named is err with the ID of the job, for a log.
func (h *hold) named(op string, err error) error {
	switch e, ok := err.(*Error); {
	case err == nil, ok && e.ID != "":
		return err
	case ok:
		return &Error{Op: e.Op, ID: h.id, Err: e.Err}
	}
	return &Error{Op: op, ID: h.id, Err: err}
}

// take keeps v for the next write, and reports whether that may be now.
func take[T any](h *hold, s *slot[T], v *T) (now bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return false, &Error{Op: s.op, ID: h.id, Err: invalid("the handler has returned")}
	case h.lost != nil:
		return false, h.named(s.op, h.lost)
	}
	s.value = v
	if time.Now().Before(s.at) {
		h.timer.Reset(h.wait())
		return false, nil
	}
	return true, nil
}

func unsaved[T any](h *hold, s *slot[T]) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return s.value != nil && !h.closed
}

// begin waits for the write before, which has a time limit.
func (h *hold) begin(ctx context.Context) error {
	select {
	case h.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// done lets the next write begin.
func (h *hold) done() {
	<-h.busy
	h.arm()
}

// wake makes the writes that are due. After a write under way, done has it called again.
func (h *hold) wake() {
	select {
	case h.busy <- struct{}{}:
	default:
		return
	}
	defer h.done()
	if h.due() {
		_ = h.beat(h.ctx) // the next wake tries again; the outcome carries the progress
	}
}

// look stops a handler whose lease runs out. It never waits for the store.
func (h *hold) look() {
	if h.expiring(h.opts.Now()) {
		h.halt(ErrLeaseUnconfirmed)
	}
}

// expiring is true when the handler must be stopped. Otherwise there will be another look.
func (h *hold) expiring(wall time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.holds() {
		return false
	}
	spare := h.spare(wall)
	if spare > 0 {
		h.guard.Reset(min(checkEvery, spare))
	}
	return spare <= 0
}

// holds is true while the handler works under the claim. h.mu is held.
func (h *hold) holds() bool { return !h.closed && h.lost == nil }

func (h *hold) due() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	return h.holds() && (h.progress.due(now) || h.partial.due(now) || h.renews(now))
}

// renews reports whether a heartbeat must carry a new lease. h.mu is held.
func (h *hold) renews(now time.Time) bool {
	return !now.Before(h.renewAt) && h.lease.extends(h.term)
}

// spare is how long the handler may go on under the confirmed lease. h.mu is held.
func (h *hold) spare(wall time.Time) time.Duration { return h.term.left(wall) - h.opts.LeaseGrace }

// halt stops the handler.
func (h *hold) halt(cause error) {
	h.mu.Lock()
	h.lost = cause
	h.mu.Unlock()
	h.stop(cause)
}

// beat writes a heartbeat with what is due. The caller is between begin and done.
func (h *hold) beat(ctx context.Context) error {
	beat, out, next, limit := h.next()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if !h.cancelable(cancel) {
		return &Error{Op: "report", ID: h.id, Err: invalid("the handler has returned")}
	}
	err := h.send(ctx, beat, out, next)
	switch {
	case errors.Is(err, ErrLeaseLost):
		h.halt(err)
	case out != nil && unkept(err):
		return h.refuse(err)
	}
	return err
}

// send takes note of the answer, and of the goroutine's end by [runtime.Goexit].
func (h *hold) send(ctx context.Context, beat Heartbeat, out *partial, next term) (err error) {
	err = errGoexit
	defer func() { h.settled(beat, out, next, err) }()
	err = h.claim.beat(ctx, beat)
	return err
}

// next makes the heartbeat, the term that it confirms, and its time limit. It carries all
// that is not yet stored: a write is billed by the whole record anyway.
func (h *hold) next() (Heartbeat, *partial, term, time.Duration) {
	wall := h.opts.Now() // not under the lock, as it is the user's
	h.mu.Lock()
	defer h.mu.Unlock()
	now, next, out := time.Now(), h.term, h.partial.value
	h.seq++
	beat := Heartbeat{Seq: h.seq, Progress: h.progress.value}
	if h.renews(now) {
		next = h.lease.term(wall)
		beat.LeaseUntil = next.wall
	}
	if out != nil {
		beat.Partial = out.value
	}
	h.space(now, out)
	return beat, out, next, min(h.opts.CallTimeout, h.spare(wall))
}

// space sets the earliest times of the writes after one that begins now with out. The
// more write units it takes, the later are they. h.mu is held.
func (h *hold) space(now time.Time, out *partial) {
	output := h.stored
	if out != nil {
		output = max(output, out.size)
	}
	var pause time.Duration
	if n := units(h.size + output); output > 0 || n > h.opts.PartialUnits { // the input alone may be that large
		pause = time.Duration(n) * time.Second / time.Duration(h.opts.PartialUnits)
	}
	h.progress.at = now.Add(max(h.opts.ReportEvery, pause))
	h.partial.at = now.Add(max(h.opts.PartialEvery, pause))
}

// cancelable has close end the write that begins now. It is false after a close.
func (h *hold) cancelable(cancel context.CancelFunc) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cancel = cancel
	return !h.closed
}

// settled takes note of how a heartbeat went.
func (h *hold) settled(beat Heartbeat, out *partial, next term, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		now := time.Now()
		h.progress.at = now.Add(max(h.opts.ReportEvery, again))
		h.partial.at = now.Add(max(h.opts.PartialEvery, again, h.partial.at.Sub(now)))
		h.renewAt = now.Add(again)
		return
	}
	h.progress.stored(beat.Progress)
	if out != nil {
		h.partial.stored(out)
		h.stored, h.lease = out.size, h.base.of(h.size+out.size)
	}
	h.term = next
	h.renewAt = next.start.Add(h.lease.renewAfter(next))
}

// arm has wake called when something is due next.
func (h *hold) arm() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holds() {
		h.timer.Reset(h.wait())
	}
}

// wait is the time until a write is due. h.mu is held.
func (h *hold) wait() time.Duration {
	wait := never
	if h.lease.extends(h.term) {
		wait = min(wait, time.Until(h.renewAt))
	}
	return h.partial.within(h.progress.within(wait))
}

// close ends the writes, one under way included. It returns the progress that is not
// known to be stored, and why the claim was lost, if it was.
func (h *hold) close() (last *Progress, lost error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.timer.Stop()
	h.guard.Stop()
	if h.cancel != nil {
		h.cancel()
	}
	return h.progress.value, h.lost
}

// ErrLeaseUnconfirmed is why a handler was stopped whose lease could not be renewed
// in time: another worker may soon start the job.
var ErrLeaseUnconfirmed = errors.New("the lease could not be renewed in time")
