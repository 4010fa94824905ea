package jobhttp

import (
	"context"
	"net/http"
	"time"
)

const (
	endEarly = 2 * time.Second // before the invocation's deadline

	// longestWatch is on a server, which is told that its client has hung up. A function is not,
	// and is billed until the watch ends.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
	longestWatch    = 15 * time.Minute
	longestOnLambda = time.Minute // docs/watching.md has what it costs
)

// follow has a request that may read a job watch it, and counts it meanwhile. Who may not
// read the job does not learn how many watch it.
func (h *handler[In, Out]) follow(w http.ResponseWriter, r *http.Request, watch func(*poll[In, Out], *snapshot[In, Out])) {
	caller, ok := h.enter(w, r, Read)
	if !ok {
		return
	}
	p := h.polls.join(idOf(r))
	defer h.polls.leave(p)
	now, err := h.first(r, p)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	s := shareOf(r, caller, now.job.Caller)
	if err := h.polls.enter(p, s); err != nil {
		h.fail(w, r, err)
		return
	}
	defer h.polls.exit(p, s)
	watch(p, now)
}

// first is the job as it was at most one interval ago. Where that state does not fit, the
// request is authorized by it, and shown the one before.
func (h *handler[In, Out]) first(r *http.Request, p *poll[In, Out]) (*snapshot[In, Out], error) {
	now, full, err := p.first(r.Context(), h.opts.PollInterval)
	if err == nil && full {
		newest, failed := h.store.Get(r.Context(), p.id)
		err = h.shown(r, Read, newest, failed)
	}
	if err != nil {
		return now, err
	}
	return now, h.readable(r, now)
}

// readable is the error of a snapshot as the caller may see it. Each one that is shown goes
// through it: a caller who may see a job now may not see its next state.
func (h *handler[In, Out]) readable(r *http.Request, now *snapshot[In, Out]) error {
	return h.shown(r, Read, now.job, now.err)
}

// longest is the longest watch of a request. The context of an invocation has a deadline.
func (o *Options) longest(ctx context.Context) time.Duration {
	switch _, invoked := withoutToken(ctx).Deadline(); {
	case o.MaxWatch > 0:
		return o.MaxWatch
	case invoked:
		return longestOnLambda
	}
	return longestWatch
}

// until is when a watch of d ends: earlier when the invocation does.
func until(ctx context.Context, d time.Duration) time.Time {
	end := time.Now().Add(d)
	if deadline, ok := ctx.Deadline(); ok && deadline.Add(-endEarly).Before(end) {
		return deadline.Add(-endEarly)
	}
	return end
}
