package webhook

import (
	"errors"
	"net/http"
)

// Errors of [Verifier.Verify], for [errors.Is]. Their text never holds a secret,
// a signature or a part of the body.
var (
	ErrSignature = errors.New("webhook: the signature is missing or wrong") // answer 401
	ErrTimestamp = errors.New("webhook: the time stamp is outside the tolerance")
	ErrMalformed = errors.New("webhook: the body is malformed") // answer 400
	ErrTooLarge  = errors.New("webhook: the body is too large") // answer 413
)

// Verifier checks that a webhook comes from the provider that it knows.
//
// The caller passes the body as it was sent, base64 undone and nothing else
// changed, and headers under their canonical names. Verify returns the delivery,
// or an error that wraps one of ErrSignature, ErrTimestamp (which is an
// ErrSignature too), ErrMalformed and ErrTooLarge. It reads nothing of the body
// before the signature has been found right, and is safe for concurrent use.
type Verifier interface {
	Verify(header http.Header, body []byte) (Delivery, error)
}
