package jobstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/rules"
)

// Report stores how far a job has come, in percent. ctx is the context of the job's
// handler or derived from it. Report writes at most once a second (see
// [RunOptions.ReportEvery]). A report in between is written later; the last one is
// written with the outcome at the latest.
//
// Report fails with ErrInvalid outside 0 to 100 and outside a handler of [Run]. It fails
// with ErrLeaseLost when another worker has taken the job, which also ends the handler's
// context. Any other error is only for logging: the job goes on.
func Report(ctx context.Context, percent int, message string) error {
	rep, ok := ctx.Value(reporterKey{}).(*reporter)
	if !ok {
		return &Error{Op: "report", Err: fmt.Errorf("%w: the context is not a job handler's", ErrInvalid)}
	}
	p := &Progress{Percent: percent, Message: message}
	if reason := rules.Progress(percent, message, MaxMessageBytes); reason != "" {
		return &Error{Op: "report", Err: fmt.Errorf("%w: %s", ErrInvalid, reason)}
	}
	return rep.report(p)
}

type reporterKey struct{}

// reporter throttles the progress writes of one attempt.
type reporter struct {
	ctx   context.Context // the invocation's: the handler's may have ended
	every time.Duration
	lost  context.CancelCauseFunc
	write func(context.Context, *Progress) error

	mu     semaphore   // held during a write
	next   time.Time   // earliest time of the next write
	held   *Progress   // reported and not written yet
	timer  *time.Timer // writes held
	closed bool
}

// semaphore is a mutex on a channel. To testing/synctest, waiting for one is durable
// blocking, so virtual time passes during a write.
type semaphore chan struct{}

func (s semaphore) Lock()   { s <- struct{}{} }
func (s semaphore) Unlock() { <-s }

func newReporter(ctx context.Context, every time.Duration, lost context.CancelCauseFunc, write func(context.Context, *Progress) error) *reporter {
	return &reporter{ctx: ctx, every: every, lost: lost, write: write, mu: make(semaphore, 1)}
}

func (r *reporter) report(p *Progress) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return &Error{Op: "report", Err: fmt.Errorf("%w: the handler has returned", ErrInvalid)}
	}
	r.held = p
	if wait := time.Until(r.next); wait > 0 {
		if r.timer == nil {
			r.timer = time.AfterFunc(wait, r.flush)
		}
		return nil
	}
	return r.writeHeld()
}

func (r *reporter) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = nil
	if r.held != nil && !r.closed {
		_ = r.writeHeld() // kept for the next write, or for the outcome
	}
}

func (r *reporter) writeHeld() error {
	r.next = time.Now().Add(r.every)
	err := r.write(r.ctx, r.held)
	if err == nil {
		r.held = nil
	}
	if errors.Is(err, ErrLeaseLost) {
		r.lost(err)
	}
	return err
}

// close ends reporting and returns what was not written.
func (r *reporter) close() *Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
	return r.held
}
