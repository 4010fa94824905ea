package jobhttp

import (
	"errors"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// answer sends the view of a job, or 304 to a client that has it.
func (h *handler[In, Out]) answer(w http.ResponseWriter, r *http.Request, status int, of share, job *jobstore.Job[In, Out]) {
	view, end, err := h.view(of, h.opts, job)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	defer end()
	limitAnswer(w, r)
	view.answer(w, r, status)
}

// done answers a request that has created or canceled a job. An error would tell the client that
// it has not: where the view has no room or cannot be encoded, a part of it is sent.
func (h *handler[In, Out]) done(w http.ResponseWriter, r *http.Request, status int, of share, o Options, job *jobstore.Job[In, Out]) {
	view, end, err := h.view(of, o, job)
	if err != nil {
		if errors.Is(err, errView) {
			h.opts.Logger.ErrorContext(r.Context(), "jobhttp: a job is answered without its output", "job", job.ID, "error", err)
		}
		if view, err = renderPart(job); err != nil {
			h.fail(w, r, err)
			return
		}
		end = func() {}
	}
	defer end()
	limitAnswer(w, r)
	view.answer(w, r, status)
}

// view is what a client sees of a job. It counts as unread until end is called.
func (h *handler[In, Out]) view(of share, o Options, job *jobstore.Job[In, Out]) (view rendered, end func(), err error) {
	if view, err = render(o, job); err != nil {
		return view, nil, err
	}
	end, err = h.unreads.begin(of, job.ID, len(view.event))
	return view, end, err
}
