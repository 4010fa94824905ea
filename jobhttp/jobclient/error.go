package jobclient

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobhttp"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

// ErrConflict is a create whose key was used with another input.
var ErrConflict = errors.New("the key was used with another input")

// Error is why a call failed. Its text holds nothing that the server has sent.
type Error struct {
	Op     string // "create", "get", "watch", "cancel" or "list"
	ID     string // of the job, unless it is a create or a list
	Status int    // of the answer, or 0 if there was none
	Detail string // of the answer's problem details (RFC 9457), if any
	Err    error  // what the status means, if that is known, or what went wrong

	retryAfter time.Duration
	broken     bool // there was no whole answer
}

// Error implements error.
func (e *Error) Error() string {
	text := "jobclient: " + e.Op
	if e.ID != "" {
		text += " " + strconv.Quote(e.ID)
	}
	if e.Status != 0 {
		text += ": status " + strconv.Itoa(e.Status)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the Err.
func (e *Error) Unwrap() error { return e.Err }

// temporary reports whether another try can help.
func (e *Error) temporary() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented:
		return false
	}
	return e.Status >= 500 || e.broken
}

var errRedirect = errors.New("no redirect is followed")

// meanings are what the handler of jobhttp says by a status.
var meanings = map[int]error{
	http.StatusBadRequest:            jobstore.ErrInvalid,
	http.StatusUnauthorized:          jobhttp.ErrUnauthenticated,
	http.StatusForbidden:             jobhttp.ErrForbidden,
	http.StatusNotFound:              jobstore.ErrNotFound,
	http.StatusConflict:              jobstore.ErrFinished,
	http.StatusRequestEntityTooLarge: jobstore.ErrTooLarge,
	http.StatusUnprocessableEntity:   ErrConflict,
	http.StatusNotImplemented:        errors.ErrUnsupported,
}

// meaning says what a status means, or that it is one that jobhttp does not send.
func meaning(status int) error {
	switch {
	case meanings[status] != nil:
		return meanings[status]
	case status >= 300 && status < 400:
		return errRedirect
	}
	return nil
}
