package jobhttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const (
	heartbeat    = 15 * time.Second // a comment keeps proxies from closing the connection
	writeTimeout = 10 * time.Second // of one event, for a client that does not read
	endEarly     = 2 * time.Second  // before the invocation's deadline
)

// watch sends the job now and after each change, until it is finished, the client has
// gone or the invocation is about to end. A browser then connects again by itself.
func (h *handler[In, Out]) watch(w http.ResponseWriter, r *http.Request) {
	job, ok := h.find(w, r, Read)
	if !ok {
		return
	}
	s := &eventStream{w: w, c: http.NewResponseController(w), last: r.Header.Get("Last-Event-ID")}
	if _, version, err := render(job); err == nil && job.Status.Finished() && version == s.last {
		w.WriteHeader(http.StatusNoContent) // tells a browser not to connect again
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	ctx, cancel := h.watchTime(r.Context())
	defer cancel()
	if err := h.follow(ctx, s, job); err != nil && ctx.Err() == nil {
		h.opts.Logger.ErrorContext(ctx, "jobhttp: watch ended", "error", err)
	}
}

func (h *handler[In, Out]) watchTime(ctx context.Context) (context.Context, context.CancelFunc) {
	end := time.Now().Add(h.opts.MaxWatch)
	if d, ok := ctx.Deadline(); ok && d.Add(-endEarly).Before(end) {
		end = d.Add(-endEarly)
	}
	return context.WithDeadline(ctx, end)
}

func (h *handler[In, Out]) follow(ctx context.Context, s *eventStream, job *jobstore.Job[In, Out]) error {
	tick := time.NewTicker(h.opts.PollInterval)
	defer tick.Stop()
	for {
		data, version, err := render(job)
		if err != nil {
			return err
		}
		if s.send(version, data) != nil || job.Status.Finished() {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if job, err = h.store.Get(ctx, job.ID); err != nil {
			return err
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

// send writes an event unless the client has it. The event has no name, since a
// browser's EventSource uses "error" itself.
func (s *eventStream) send(version string, data []byte) error {
	if version != s.last {
		s.last = version
		return s.write(fmt.Sprintf("retry: 2000\nid: %s\ndata: %s\n\n", version, data))
	}
	if time.Since(s.at) >= heartbeat {
		return s.write(":\n\n")
	}
	return nil
}

// write ignores that a writer cannot be flushed: that of lambdaurl sends each write at
// once.
func (s *eventStream) write(text string) error {
	s.at = time.Now()
	if err := s.c.SetWriteDeadline(s.at.Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	if err := s.c.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
