// Package httpresult reads what a function returned as the HTTP response that a
// function URL, an API or a load balancer makes of it.
package httpresult

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Why a result is not a response.
var (
	ErrMalformed   = errors.New("what the function returned is not a response")
	ErrUndecodable = errors.New("isBase64Encoded is set, but body is not base64")
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}

// Response is an HTTP response.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// dropped are the headers that a function cannot set: hop-by-hop ones, and the length,
// which the server computes.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer
var dropped = []string{"Connection", "Content-Length", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// Write writes the whole response.
func (r *Response) Write(w http.ResponseWriter) {
	r.WriteHead(w)
	w.Write(r.Body)
}

// WriteHead writes status and headers.
func (r *Response) WriteHead(w http.ResponseWriter) {
	for name, values := range r.Header {
		if !slices.Contains(dropped, name) {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(r.Status)
}
