package jobhttp

import (
	"context"
	"net/http"
	"time"
)

const endEarly = 2 * time.Second // before the invocation's deadline

// follow has a request that may read a job watch it, and counts it meanwhile. Who may not
// read the job does not learn how many watch it.
func (h *handler[In, Out]) follow(w http.ResponseWriter, r *http.Request, watch func(*poll[In, Out], *snapshot[In, Out])) {
	if _, ok := h.enter(w, r, Read); !ok {
		return
	}
	p := h.polls.join(r.PathValue("id"))
	defer h.polls.leave(p)
	now, err := h.first(r, p)
	if err == nil {
		err = h.polls.enter(p)
	}
	if err != nil {
		h.fail(w, r, err)
		return
	}
	defer h.polls.exit(p)
	watch(p, now)
}

// first is the job as it was at most one interval ago.
func (h *handler[In, Out]) first(r *http.Request, p *poll[In, Out]) (*snapshot[In, Out], error) {
	now, err := p.first(r.Context(), h.opts.PollInterval)
	if err != nil {
		return now, err
	}
	seen := now.job
	if seen != nil {
		own := *seen // for an Authorize that changes it
		seen = &own
	}
	return now, h.shown(r, Read, seen, now.err)
}

// until is when a watch of d ends: earlier when the invocation does.
func until(ctx context.Context, d time.Duration) time.Time {
	end := time.Now().Add(d)
	if deadline, ok := ctx.Deadline(); ok && deadline.Add(-endEarly).Before(end) {
		return deadline.Add(-endEarly)
	}
	return end
}
