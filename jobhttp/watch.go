package jobhttp

import (
	"context"
	"errors"
	"net/http"
	"time"
)

const (
	heartbeat    = 15 * time.Second // a comment keeps proxies from closing the connection
	writeTimeout = 10 * time.Second // of one event, for a client that does not read

	answerTimeout = 30 * time.Second // of an answer, for a client that reads 50 KB a second
)

// watch sends the job now and after each change, until it is finished, the client has
// gone or the invocation is about to end. A browser then connects again by itself.
func (h *handler[In, Out]) watch(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		if _, _, ok := h.find(w, r, Read); ok {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		return
	}
	h.follow(w, r, func(p *poll[In, Out], now *snapshot[In, Out]) {
		s := &eventStream{w: w, c: http.NewResponseController(w), last: r.Header.Get("Last-Event-ID")}
		if now.job.Status.Finished() && now.version == s.last {
			w.WriteHeader(http.StatusNoContent) // tells a browser not to connect again
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		seen := now.version
		stream(r.Context(), until(r.Context(), h.opts.longest(r.Context())), s, p, func(next *snapshot[In, Out]) bool {
			ok := next.version == seen || h.still(r, next)
			seen = next.version
			return ok
		})
	})
}

// still is true if a request that came now could read the job: an Authorize may look at the
// session without the job only.
func (h *handler[In, Out]) still(r *http.Request, now *snapshot[In, Out]) bool {
	_, err := h.authorize(r, Read, nil)
	return err == nil && h.readable(r, now) == nil
}

// stream sends what is newest until nothing comes that the caller may see, the client does
// not read, or it is the end. One timer for that and the comments takes less memory than a context.
func stream[In, Out any](ctx context.Context, end time.Time, s *eventStream, p *poll[In, Out], may func(*snapshot[In, Out]) bool) {
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	for {
		changed, goesOn := p.show(func(now *snapshot[In, Out]) bool {
			return may(now) && s.send(&now.rendered) == nil && !now.over
		})
		if !goesOn || !time.Now().Before(end) {
			return
		}
		timer.Reset(min(time.Until(s.at.Add(heartbeat)), time.Until(end)))
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-timer.C:
		}
	}
}

// eventStream writes server-sent events.
type eventStream struct {
	w    http.ResponseWriter
	c    *http.ResponseController
	last string // the version that the client has
	at   time.Time
}

// send writes an event unless the client has it, and otherwise a comment when it is time.
// The event has no name, since a browser's EventSource uses "error" itself.
func (s *eventStream) send(view *rendered) error {
	if view.version != s.last {
		s.last = view.version
		return s.write(view.event)
	}
	if time.Since(s.at) >= heartbeat {
		return s.write([]byte(":\n\n"))
	}
	return nil
}

// write ignores that a writer cannot be flushed: that of lambdaurl sends each write at
// once.
func (s *eventStream) write(text []byte) error {
	s.at = time.Now()
	if err := limitWrite(s.c); err != nil {
		return err
	}
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	if err := supported(s.c.Flush()); err != nil {
		return err
	}
	return supported(s.c.SetWriteDeadline(time.Now().Add(heartbeat + writeTimeout))) // HTTP/2 ends a stream then that writes nothing
}

// limitWrite bounds how long what is written next may take, where a server can.
func limitWrite(c *http.ResponseController) error {
	return supported(c.SetWriteDeadline(time.Now().Add(writeTimeout)))
}

// limitAnswer does so for a whole answer, which a client that does not read would keep in
// memory. A server may have a WriteTimeout of its own, which stays.
func limitAnswer(w http.ResponseWriter, r *http.Request) {
	if s, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && s.WriteTimeout > 0 {
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTimeout)) // the write then fails
}

func supported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}
