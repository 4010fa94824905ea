package jobhttp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
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

	// Logger gets the errors that a client sees only as status 500. Default
	// [slog.Default].
	Logger *slog.Logger
}

// New returns a handler for the jobs in store. Mount it with [http.StripPrefix]. New
// panics when store is nil or an option is out of range.
func New[In, Out any](store jobstore.JobStore[In, Out], opts ...func(*Options)) http.Handler {
	if store == nil {
		panic("jobhttp: New: store is nil")
	}
	h := &handler[In, Out]{store: store, opts: options(opts)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", h.submit)
	mux.HandleFunc("GET /{id}", h.show)
	mux.HandleFunc("GET /{id}/events", h.watch)
	return mux
}

func options(opts []func(*Options)) Options {
	o := Options{MaxBody: 256 << 10, PollInterval: 500 * time.Millisecond, Logger: slog.Default()}
	option.Apply("jobhttp: New", &o, opts)
	switch {
	case o.MaxBody < 1:
		panic(fmt.Sprintf("jobhttp: New: Options.MaxBody is %d, want at least 1", o.MaxBody))
	case o.PollInterval <= 0:
		panic(fmt.Sprintf("jobhttp: New: Options.PollInterval is %v, want more than 0", o.PollInterval))
	case o.Logger == nil:
		panic("jobhttp: New: Options.Logger is nil")
	}
	return o
}

type handler[In, Out any] struct {
	store jobstore.JobStore[In, Out]
	opts  Options
}

func (h *handler[In, Out]) submit(w http.ResponseWriter, r *http.Request) {
	given, err := decode[In](http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
	if err != nil {
		refuse(w, bodyStatus(err))
		return
	}
	job, err := h.store.Create(r.Context(), given, func(o *jobstore.CreateOptions) { o.ID = r.Header.Get("Idempotency-Key") })
	if err != nil && !errors.Is(err, jobstore.ErrExists) {
		h.fail(w, r, err)
		return
	}
	if err != nil && !input.Same(job.Input, given) {
		refuse(w, http.StatusUnprocessableEntity) // the job may be another caller's
		return
	}
	w.Header().Set("Location", "./"+url.PathEscape(job.ID)) // the ID may have a colon
	answer(w, http.StatusAccepted, job)
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
	job, err := h.store.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	answer(w, http.StatusOK, job)
}

func (h *handler[In, Out]) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
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

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone
}

// refuse answers with problem details (RFC 9457) that have only the status.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status)})
}
