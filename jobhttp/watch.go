package jobhttp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// watch sends the job now and after each change, until it is finished or the client has
// gone.
func (h *handler[In, Out]) watch(w http.ResponseWriter, r *http.Request) {
	job, err := h.store.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	tick := time.NewTicker(h.opts.PollInterval)
	defer tick.Stop()
	for last := []byte(nil); ; {
		if last, err = send(w, job, last); err != nil || job.Status.Finished() {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
		if job, err = h.store.Get(r.Context(), job.ID); err != nil {
			h.opts.Logger.ErrorContext(r.Context(), "jobhttp: watch ended", "error", err)
			return
		}
	}
}

// send writes job as an event unless it was sent last. The event has no name, since a
// browser's EventSource uses "error" itself.
func send[In, Out any](w http.ResponseWriter, job *jobstore.Job[In, Out], last []byte) ([]byte, error) {
	data, err := json.Marshal(job)
	if err != nil || bytes.Equal(data, last) {
		return data, err
	}
	if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
		return nil, err
	}
	return data, http.NewResponseController(w).Flush()
}
