package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// receive returns the delivery of a request, or answers the request.
func (v *Verifier) receive(w http.ResponseWriter, r *http.Request) (Delivery, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed)
		return Delivery{}, false
	}
	d, err := v.read(w, r)
	if err != nil {
		refuse(w, statusOf(err))
		return d, false
	}
	if answer, ok := v.provider.answer(d); ok {
		answer.write(w)
		return d, false
	}
	return d, true
}

// read reads and verifies a request, and describes its delivery.
func (v *Verifier) read(w http.ResponseWriter, r *http.Request) (Delivery, error) {
	body, err := v.readBody(w, r)
	if err != nil {
		return Delivery{}, err
	}
	d, err := v.verify(r.Header, body)
	if err != nil {
		return d, err
	}
	return d.described()
}

func (v *Verifier) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil { // http.NewRequest may leave it so
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(v.maxBody)))
	if limited := new(http.MaxBytesError); errors.As(err, &limited) {
		return nil, tooLarge(limited.Limit)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: it ends early", ErrMalformed)
	}
	return body, nil
}

// statusOf returns the status for a request that was not verified or read.
func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrMalformed):
		return http.StatusBadRequest
	default:
		return http.StatusUnauthorized
	}
}
