package jobhttp

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// show sends a job, at once or when there is something to tell.
func (h *handler[In, Out]) show(w http.ResponseWriter, r *http.Request) {
	wait, err := waitOf(r)
	switch {
	case err != nil:
		explain(w, http.StatusBadRequest, err.Error())
	case wait > 0 && r.Method == http.MethodGet:
		h.wait(w, r, min(wait, h.opts.MaxWait))
	default:
		if job, of, ok := h.find(w, r, Read); ok {
			h.answer(w, r, http.StatusOK, of, job)
		}
	}
}

func waitOf(r *http.Request) (time.Duration, error) {
	query := r.URL.Query()
	if !query.Has("wait") {
		return 0, nil
	}
	d, err := time.ParseDuration(query.Get("wait"))
	if err != nil || d < 0 {
		return 0, errors.New("wait is not a duration such as 20s")
	}
	return d, nil
}

// wait is a long poll. A client that has a view waits for another one, and a client
// without one waits for the job's end.
func (h *handler[In, Out]) wait(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	h.follow(w, r, func(p *poll[In, Out], first *snapshot[In, Out]) {
		shown := first.asked
		ctx, cancel := context.WithDeadline(r.Context(), until(r.Context(), wait))
		defer cancel()
		now := awaited(ctx, p, r)
		defer p.drop(now)
		if r.Context().Err() != nil {
			h.end(w)
			return
		}
		if now.asked != shown && !h.again(w, r, now) {
			return
		}
		_ = limitWrite(http.NewResponseController(w)) // the write then fails
		now.answer(w, r, http.StatusOK)
	})
}

// again authorizes a request as if it came now, or answers it.
func (h *handler[In, Out]) again(w http.ResponseWriter, r *http.Request, now *snapshot[In, Out]) (ok bool) {
	if _, ok = h.enter(w, r, Read); !ok {
		return false
	}
	err := h.readable(r, now)
	if err != nil {
		h.fail(w, r, err)
	}
	return err == nil
}

// awaited is the first snapshot that the client waits for, or the newest when ctx ends. It is
// held until it is dropped.
func awaited[In, Out any](ctx context.Context, p *poll[In, Out], r *http.Request) *snapshot[In, Out] {
	for {
		now, changed := p.take()
		if now.over || r.Header.Get("If-None-Match") != "" && !now.knownTo(r) {
			return now
		}
		if ctx.Err() != nil {
			return now
		}
		p.drop(now)
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}
