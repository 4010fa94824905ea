package jobhttp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

const retryEnded = "1" // seconds

func (h *handler[In, Out]) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, jobstore.ErrFinished):
		explain(w, http.StatusConflict, "the job has ended")
	case errors.Is(err, errJobFull):
		w.Header().Set("Retry-After", retryFull)
		explain(w, http.StatusTooManyRequests, "too many watch this job")
	case errors.Is(err, errOwnFull):
		w.Header().Set("Retry-After", retryFull)
		explain(w, http.StatusTooManyRequests, "you watch too many jobs")
	case errors.Is(err, errOwnUnread):
		w.Header().Set("Retry-After", retryFull)
		explain(w, http.StatusTooManyRequests, "too many of your answers are not read yet")
	case errors.Is(err, errUnread):
		w.Header().Set("Retry-After", retryFull)
		explain(w, http.StatusServiceUnavailable, "too many answers are not read yet")
	case errors.Is(err, errFull):
		w.Header().Set("Retry-After", retryFull)
		explain(w, http.StatusServiceUnavailable, "too many watch jobs")
	case errors.Is(err, errConflict):
		explain(w, http.StatusUnprocessableEntity, "the Idempotency-Key was used with another input")
	case errors.Is(err, errors.ErrUnsupported):
		refuse(w, http.StatusNotImplemented)
	case errors.Is(err, jobstore.ErrTooLarge):
		refuse(w, http.StatusRequestEntityTooLarge)
	case errors.Is(err, jobstore.ErrNotFound):
		refuse(w, http.StatusNotFound)
	case errors.Is(err, jobstore.ErrInvalid) && !errors.Is(err, jobstore.ErrDecode): // not a broken record
		refuse(w, http.StatusBadRequest)
	default:
		h.deny(w, r, err)
	}
}

// deny answers with the error of an [Authorize] or of a Prepare. One that wraps an error of a
// store, such as that of the sessions, says nothing of the job.
func (h *handler[In, Out]) deny(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal) && refusal.valid():
		refusal.answer(w)
	case errors.Is(err, ErrUnauthenticated):
		(&Refusal{Status: http.StatusUnauthorized}).answer(w)
	case errors.Is(err, ErrForbidden):
		refuse(w, http.StatusForbidden)
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		h.end(w)
	default:
		h.opts.Logger.ErrorContext(r.Context(), "jobhttp: request failed", "error", err)
		refuse(w, http.StatusInternalServerError)
	}
}

// end answers a request whose context was canceled. Usually the client has gone and the answer
// reaches none. If the server is about to end, the client must not take an empty 200 for success.
func (h *handler[In, Out]) end(w http.ResponseWriter) {
	w.Header().Set("Retry-After", retryEnded)
	explain(w, http.StatusServiceUnavailable, "the request was broken off")
}

// problem is what a client is told about a refusal (RFC 9457).
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
}

// refuse answers with problem details that have only the status.
func refuse(w http.ResponseWriter, status int) { explain(w, status, "") }

// explain says what a client can do about it.
func explain(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{status, http.StatusText(status), detail}) // the client has gone
}

// route returns the handler of a request. It answers with problem details where a ServeMux
// answers with text: no such path, or no such method.
func route(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) http.Handler {
	h, pattern := mux.Handler(r)
	if pattern != "" {
		return h
	}
	s := statusOnly{http.Header{}, http.StatusNotFound}
	h.ServeHTTP(&s, r)
	if allow := s.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
	}
	refuse(w, s.status)
	return nil
}

// statusOnly keeps an answer's status and header.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header            { return s.header }
func (s *statusOnly) Write(data []byte) (int, error) { return len(data), nil }
func (s *statusOnly) WriteHeader(status int)         { s.status = status }
