package jobhttp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const (
	defaultListed = 20
	maxListed     = 100
	maxPageBytes  = 1 << 20 // of the records that are read, and of views; Lambda returns 6 MB at most
)

// page is the answer to a list.
type page struct {
	Jobs []json.RawMessage `json:"jobs"`
	Next string            `json:"next,omitempty"` // the cursor of the next page
}

// size is that of the views.
func (p page) size() (n int) {
	for _, view := range p.Jobs {
		n += len(view)
	}
	return n
}

// list sends the caller's own jobs, newest first.
func (h *handler[In, Out]) list(w http.ResponseWriter, r *http.Request) {
	caller, ok := h.enter(w, r, List)
	if !ok {
		return
	}
	limit, err := limitOf(r)
	switch {
	case err != nil:
		explain(w, http.StatusBadRequest, err.Error())
		return
	case caller == "":
		explain(w, http.StatusNotImplemented, "jobs are listed by their caller, and this one has no name")
		return
	}
	p, err := h.page(r, caller, limit)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	end, err := h.unreads.begin(share{caller: caller}, "", p.size())
	if err != nil {
		h.fail(w, r, err)
		return
	}
	defer end()
	w.Header().Set("Content-Type", "application/json")
	limitAnswer(w, r)
	_ = json.NewEncoder(w).Encode(p) // the client has gone
}

func limitOf(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return defaultListed, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxListed {
		return 0, fmt.Errorf("limit is not a number from 1 to %d", maxListed)
	}
	return n, nil
}

// page reads up to limit jobs of the list, and knows whether there are more.
func (h *handler[In, Out]) page(r *http.Request, caller string, limit int) (page, error) {
	p, size, last := page{Jobs: []json.RawMessage{}}, 0, ""
	places := jobstore.ListByCaller(r.Context(), h.store, caller, func(o *jobstore.CallerListOptions) {
		o.After, o.PageSize = r.URL.Query().Get("cursor"), limit+1
	})
	for place, err := range places {
		switch {
		case err != nil:
			return p, err
		case limit == 0 || size > maxPageBytes:
			p.Next = last
			return p, nil
		}
		view, read, err := h.listed(r, place.ID)
		if err != nil {
			return p, err
		}
		if view != nil {
			p.Jobs = append(p.Jobs, view)
		}
		limit, size, last = limit-1, size+max(read, len(view)), place.Cursor
	}
	return p, nil
}

// listed is the view of a job in a list, or nil if it is gone, the caller may not read it,
// or its record or view is broken. One such job keeps no one from the others. read is the size of what
// was read for it, which may be far more than its view.
func (h *handler[In, Out]) listed(r *http.Request, id string) (view json.RawMessage, read int, err error) {
	job, err := h.store.Get(r.Context(), id)
	if job != nil {
		read = job.Size
	}
	var shown rendered
	if err = h.shown(r, Read, job, err); err == nil {
		shown, err = render(h.opts, job)
	}
	switch {
	case errors.Is(err, jobstore.ErrNotFound):
		return nil, read, nil
	case errors.Is(err, jobstore.ErrDecode), errors.Is(err, errView):
		h.opts.Logger.ErrorContext(r.Context(), "jobhttp: a job is left out of a list", "job", id, "error", err)
		return nil, read, nil
	}
	return shown.json, read, err
}
