package lambdalocal

import (
	"errors"
	"io"
	"net/http"
)

// URL returns the function's URL as a handler. It turns each request into an
// event of payload format 2.0, and what the function returns into the response.
// An event over 6 MB is answered 413; a function that fails, times out or
// returns something that is no response is answered 502, after Close 503.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
func (f *Function) URL() http.Handler { return http.HandlerFunc(f.serve) }

func (f *Function) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		refuse(w, bodyStatus(err))
		return
	}
	inv := newInvocation(f, f.ARN())
	if inv.payload = urlEvent(r, body, f.name, inv.requestID); len(inv.payload) > maxRequest {
		refuse(w, http.StatusRequestEntityTooLarge)
		return
	}
	result, err := inv.wait(r.Context())
	switch {
	case errors.Is(err, ErrClosed):
		refuse(w, http.StatusServiceUnavailable)
	case err != nil: // the caller has gone
	case result.err != nil:
		refuse(w, http.StatusBadGateway)
	default:
		f.answer(w, inv, result.payload)
	}
}

func (f *Function) answer(w http.ResponseWriter, inv *invocation, payload []byte) {
	response, err := parseURLResponse(payload)
	if err != nil {
		inv.log("lambdalocal: the function URL got no response it understands", err)
		refuse(w, http.StatusBadGateway)
		return
	}
	w.Header().Set("X-Amzn-RequestId", inv.requestID)
	response.write(w)
}

func bodyStatus(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// refuse answers as the service does, which tells the caller nothing of the
// function's error.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	message := http.StatusText(status)
	if status == http.StatusBadGateway {
		message = http.StatusText(http.StatusInternalServerError)
	}
	io.WriteString(w, `{"Message":"`+message+`"}`)
}
