package jobhttp

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/asyncpatterns/asyncpatterns/internal/input"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// New returns a handler for the jobs in store. Mount it with [http.StripPrefix]. New
// panics when store or authorize is nil or an option is out of range.
func New[In, Out any](store jobstore.JobStore[In, Out], authorize Authorize[In, Out], opts ...func(*Options)) http.Handler {
	switch {
	case store == nil:
		panic("jobhttp: New: store is nil")
	case authorize == nil:
		panic("jobhttp: New: authorize is nil")
	}
	o := options(opts)
	h := &handler[In, Out]{store: store, authorize: orToken(authorize, o.ReadTokens), opts: o, unreads: newUnreads(o)}
	h.polls = newPolls(store, o, h.unreads)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.list)
	mux.HandleFunc("POST /{$}", h.submit)
	mux.HandleFunc("GET /{id}", h.withToken(h.show))
	mux.HandleFunc("DELETE /{id}", h.cancel)
	mux.HandleFunc("GET /{id}/events", h.withToken(h.watch))
	if h.opts.ReadTokens.sign != nil {
		mux.HandleFunc("POST /{id}/token", h.issue)
	}
	return api{mux, o.AllowedOrigins}
}

// api is what every request goes through. It is one call, since each would be in the stack
// of each watcher.
type api struct {
	mux     *http.ServeMux
	origins []string
}

// ServeHTTP keeps answers out of caches and other pages. An object or a prefetch of another site
// would tell it by a load or an error whether its visitor may see a job.
func (a api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Cross-Origin-Resource-Policy", "same-origin") // not for pages of the AllowedOrigins, which use CORS
	switch {
	case crossOrigin(a.origins, w, r):
	case redirected(r):
		refuse(w, http.StatusNotFound)
	default:
		if h := route(a.mux, w, r); h != nil {
			h.ServeHTTP(w, r)
		}
	}
}

// idOf is the first segment of the path. The path values stay those of the mux in front: an
// Authorize may read a tenant there.
func idOf(r *http.Request) string {
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	id, _ := url.PathUnescape(segment) // an EscapedPath is valid
	return id
}

type handler[In, Out any] struct {
	store     jobstore.JobStore[In, Out]
	authorize Authorize[In, Out]
	opts      Options
	polls     *polls[In, Out]
	unreads   *unreads
}

func (h *handler[In, Out]) submit(w http.ResponseWriter, r *http.Request) {
	caller, ok := h.enter(w, r, Create)
	if !ok {
		return
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		explain(w, http.StatusUnsupportedMediaType, "the Content-Type must be application/json") // a form of another site cannot send it
		return
	}
	given, err := decode[In](http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
	if err != nil {
		refuseBody(w, err)
		return
	}
	own := jobstore.CreateOptions{ID: jobID(caller, r.Header.Get("Idempotency-Key")), Caller: caller}
	o := own
	o.Redelivered = own.ID != "" // a repeat of a few bytes would be billed as a write of the whole record
	if !h.prepare(w, r, &o) {
		return
	}
	o.ID, o.Caller = own.ID, own.Caller
	job, err := h.create(r, given, o)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	w.Header().Set("Location", "./"+url.PathEscape(job.ID))
	w.Header().Set("Retry-After", "1")
	h.done(w, r, http.StatusAccepted, share{caller: caller}, h.opts, job)
}

// errConflict is a repeated idempotency key with another input.
var errConflict = errors.New("the key was used with another input")

// prepare has the [Options] set a job's options, or answers the request.
func (h *handler[In, Out]) prepare(w http.ResponseWriter, r *http.Request, o *jobstore.CreateOptions) bool {
	if h.opts.Prepare == nil {
		return true
	}
	err := h.opts.Prepare(r, o)
	switch {
	case errors.Is(err, jobstore.ErrInvalid):
		refuse(w, http.StatusBadRequest)
	case err != nil:
		h.deny(w, r, err)
	}
	return err == nil
}

func (h *handler[In, Out]) create(r *http.Request, given In, o jobstore.CreateOptions) (*jobstore.Job[In, Out], error) {
	job, err := h.store.Create(r.Context(), given, func(c *jobstore.CreateOptions) { *c = o })
	switch {
	case !errors.Is(err, jobstore.ErrExists):
		return job, err
	case !h.allows(r, Read, job):
		return nil, jobstore.ErrNotFound
	case !input.Same(job.Input, given):
		return nil, errConflict
	}
	return job, nil
}

// decode reads exactly one JSON value.
func decode[In any](body io.Reader) (given In, err error) {
	d := json.NewDecoder(body)
	if err := d.Decode(&given); err != nil {
		return given, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return given, errors.Join(errors.New("more than one JSON value"), err)
	}
	return given, nil
}

// refuseBody quotes nothing of the error, which may have a part of the input.
func refuseBody(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		explain(w, http.StatusRequestEntityTooLarge, "the body has more bytes than the API takes")
		return
	}
	explain(w, http.StatusBadRequest, "the body must be the input of a job in JSON, and nothing else")
}

func (h *handler[In, Out]) cancel(w http.ResponseWriter, r *http.Request) {
	job, of, ok := h.find(w, r, Cancel)
	if !ok {
		return
	}
	job, err := h.canceled(r, job)
	switch {
	case err != nil:
		h.fail(w, r, err)
	case !h.allows(r, Read, job):
		h.done(w, r, http.StatusOK, of, Options{}, unread(job))
	default:
		h.done(w, r, http.StatusOK, of, h.opts, job)
	}
}

// unread is what those see of a job that they have canceled and may not read.
func unread[In, Out any](j *jobstore.Job[In, Out]) *jobstore.Job[In, Out] {
	return &jobstore.Job[In, Out]{ID: j.ID, Status: j.Status, Canceled: j.Canceled, CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt}
}

// canceled cancels a job that was read. One that has ended is not written: the store would refuse that,
// and be billed for a write of the whole record.
func (h *handler[In, Out]) canceled(r *http.Request, job *jobstore.Job[In, Out]) (*jobstore.Job[In, Out], error) {
	switch {
	case job.Status.Finished() && job.Canceled:
		return job, nil
	case job.Status.Finished():
		return job, jobstore.ErrFinished
	}
	job, err := jobstore.CancelJob(r.Context(), h.store, job, "canceled by the caller")
	if err = h.shown(r, Cancel, job, err); err == nil { // it may be another state, or another job
		h.polls.wake(job.ID)
	}
	return job, err
}
