package jobhttp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/input"
	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// Options are the optional settings of [New].
type Options struct {
	// MaxBody is the longest input, in bytes. Default 256 KiB.
	MaxBody int64

	// PollInterval is the time between two reads of a watched job. Default 500 ms.
	PollInterval time.Duration

	// MaxWatch is the longest watch. The client then connects again, and is authorized
	// again. Default 15 min.
	MaxWatch time.Duration

	// Prepare sets metadata, expiry, attempts or start time of a job from its request. The
	// ID and the caller are set afterwards. An error is answered as that of an [Authorize],
	// and one that is a [jobstore.ErrInvalid] with 400. Default nil.
	Prepare func(r *http.Request, o *jobstore.CreateOptions) error

	// ReadTokens let a page read and watch one job without a session, for up to 15
	// minutes. POST /{id}/token then answers with a token for a job that the caller may
	// read. Default none.
	ReadTokens ReadTokens

	// Logger gets the errors that a client sees only as status 500. Default
	// [slog.Default].
	Logger *slog.Logger
}

// New returns a handler for the jobs in store. Mount it with [http.StripPrefix]. New
// panics when store or authorize is nil or an option is out of range.
func New[In, Out any](store jobstore.JobStore[In, Out], authorize Authorize[In, Out], opts ...func(*Options)) http.Handler {
	switch {
	case store == nil:
		panic("jobhttp: New: store is nil")
	case authorize == nil:
		panic("jobhttp: New: authorize is nil")
	}
	h := &handler[In, Out]{store: store, authorize: orToken(authorize), opts: options(opts)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", h.submit)
	mux.HandleFunc("GET /{id}", h.withToken(h.show))
	mux.HandleFunc("DELETE /{id}", h.cancel)
	mux.HandleFunc("GET /{id}/events", h.withToken(h.watch))
	if h.opts.ReadTokens.sign != nil {
		mux.HandleFunc("POST /{id}/token", h.issue)
	}
	return private(noRedirect(mux))
}

// private sets the headers that keep answers out of caches and other pages.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func options(opts []func(*Options)) Options {
	o := Options{MaxBody: 256 << 10, PollInterval: 500 * time.Millisecond, MaxWatch: 15 * time.Minute, Logger: slog.Default()}
	option.Apply("jobhttp: New", &o, opts)
	switch {
	case o.MaxBody < 1:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxBody is %d, want at least 1", o.MaxBody))
	case o.PollInterval <= 0:
		panic(fmt.Sprintf("jobhttp: New: Options.PollInterval is %v, want more than 0", o.PollInterval))
	case o.MaxWatch <= 0:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxWatch is %v, want more than 0", o.MaxWatch))
	case o.Logger == nil:
		panic("jobhttp: New: Options.Logger is nil")
	}
	return o
}

type handler[In, Out any] struct {
	store     jobstore.JobStore[In, Out]
	authorize Authorize[In, Out]
	opts      Options
}

func (h *handler[In, Out]) submit(w http.ResponseWriter, r *http.Request) {
	caller, ok := h.enter(w, r, Create)
	if !ok {
		return
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType) // a form of another site cannot send JSON
		return
	}
	given, err := decode[In](http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
	if err != nil {
		refuse(w, bodyStatus(err))
		return
	}
	job, err := h.create(r, caller, given)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	w.Header().Set("Location", "./"+url.PathEscape(job.ID))
	w.Header().Set("Retry-After", "1")
	h.answer(w, r, http.StatusAccepted, job)
}

// errConflict is a repeated idempotency key with another input.
var errConflict = errors.New("the key was used with another input")

func (h *handler[In, Out]) create(r *http.Request, caller string, given In) (*jobstore.Job[In, Out], error) {
	var o jobstore.CreateOptions
	if h.opts.Prepare != nil {
		if err := h.opts.Prepare(r, &o); err != nil {
			return nil, err
		}
	}
	o.ID, o.Caller = jobID(caller, r.Header.Get("Idempotency-Key")), caller
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

func bodyStatus(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

func (h *handler[In, Out]) show(w http.ResponseWriter, r *http.Request) {
	if job, ok := h.find(w, r, Read); ok {
		h.answer(w, r, http.StatusOK, job)
	}
}

func (h *handler[In, Out]) cancel(w http.ResponseWriter, r *http.Request) {
	job, ok := h.find(w, r, Cancel)
	if !ok {
		return
	}
	job, err := jobstore.Cancel(r.Context(), h.store, job.ID, "canceled by the caller")
	if err != nil {
		h.fail(w, r, err)
		return
	}
	h.answer(w, r, http.StatusOK, job)
}

// answer sends the view of a job, or 304 to a client that has it.
func (h *handler[In, Out]) answer(w http.ResponseWriter, r *http.Request, status int, job *jobstore.Job[In, Out]) {
	data, version, err := render(job)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	tag := `"` + version + `"`
	w.Header().Set("ETag", tag)
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.TrimPrefix(r.Header.Get("If-None-Match"), "W/") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client has gone
}

func (h *handler[In, Out]) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrUnauthenticated):
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized)
	case errors.Is(err, ErrForbidden):
		refuse(w, http.StatusForbidden)
	case errors.Is(err, jobstore.ErrFinished):
		refuse(w, http.StatusConflict)
	case errors.Is(err, errConflict):
		refuse(w, http.StatusUnprocessableEntity)
	case errors.Is(err, errors.ErrUnsupported):
		refuse(w, http.StatusNotImplemented)
	case errors.Is(err, jobstore.ErrTooLarge):
		refuse(w, http.StatusRequestEntityTooLarge)
	case errors.Is(err, jobstore.ErrNotFound):
		refuse(w, http.StatusNotFound)
	case errors.Is(err, jobstore.ErrInvalid):
		refuse(w, http.StatusBadRequest)
	case errors.Is(err, context.Canceled): // the client has gone
	default:
		h.opts.Logger.ErrorContext(r.Context(), "jobhttp: request failed", "error", err)
		refuse(w, http.StatusInternalServerError)
	}
}

// refuse answers with problem details (RFC 9457) that have only the status.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status)})
}
