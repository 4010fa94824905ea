package webhook

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// RefusedError says why a request was refused. [Verifier.Verify] returns it, and
// Options.OnRefused gets it. It holds nothing of the request but what its fields say.
type RefusedError struct {
	Provider string        // as in [Delivery]
	Reason   Reason        // one of a few, for metrics
	Header   string        // the name of the header that is the reason, if one is
	Off      time.Duration // for ReasonStale and, below 0, ReasonFuture: how far the timestamp is from now
	Limit    int64         // for ReasonTooLarge: the longest body, in bytes

	err    error
	detail string
}

// Reason is why a request was refused.
type Reason string

// The reasons of refusals.
const (
	ReasonMissing   Reason = "missing header"     // or an empty one
	ReasonRepeated  Reason = "repeated header"    // the provider sends it once
	ReasonMalformed Reason = "malformed header"   // no timestamp, no signature or too many
	ReasonStale     Reason = "stale"              // the timestamp is too old
	ReasonFuture    Reason = "from the future"    // the timestamp is too far ahead
	ReasonMismatch  Reason = "mismatch"           // the signature is not of this body, by these secrets
	ReasonTooLarge  Reason = "too large"          // the body
	ReasonMethod    Reason = "method"             // not POST
	ReasonBody      Reason = "unreadable body"    // it breaks off
	ReasonBase64    Reason = "malformed base64"   // the body in an event of Lambda
	ReasonOther     Reason = "refused by NewFunc" // an error of its function that is none of these
)

var (
	errUntimely = fmt.Errorf("%w: %w", ErrSignature, ErrTimestamp)
	errMethod   = errors.New("webhook: the method is not POST")
)

func (e *RefusedError) Error() string {
	if e.detail == "" {
		return e.err.Error()
	}
	return e.err.Error() + ": " + e.detail
}

// Unwrap returns ErrSignature, ErrTimestamp, ErrMalformed, ErrTooLarge or the error of
// the function given to [NewFunc].
func (e *RefusedError) Unwrap() error { return e.err }

// Status is the status of the response.
func (e *RefusedError) Status() int {
	switch {
	case e.Reason == ReasonMethod:
		return http.StatusMethodNotAllowed
	case errors.Is(e.err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(e.err, ErrMalformed):
		return http.StatusBadRequest
	default:
		return http.StatusUnauthorized
	}
}

// attrs are what a line of a log says. The error is left out: one of NewFunc's function
// may say anything.
func (e *RefusedError) attrs() []slog.Attr {
	attrs := []slog.Attr{slog.String("provider", e.Provider), slog.String("reason", string(e.Reason)), slog.Int("status", e.Status())}
	if e.Header != "" {
		attrs = append(attrs, slog.String("header", e.Header))
	}
	if e.Off != 0 {
		attrs = append(attrs, slog.Duration("off", e.Off))
	}
	if e.Limit != 0 {
		attrs = append(attrs, slog.Int64("limit", e.Limit))
	}
	return attrs
}

// refusal returns an error as one of this verifier. The function of NewFunc may have
// called another.
func (v *Verifier) refusal(err error) *RefusedError {
	e, ok := err.(*RefusedError)
	if !ok {
		e = &RefusedError{Reason: ReasonOther, err: err}
		if inner, ok := errors.AsType[*RefusedError](err); ok {
			e.Reason, e.Header, e.Off, e.Limit = inner.Reason, inner.Header, inner.Off, inner.Limit
		}
	}
	own := *e
	own.Provider = v.provider.name()
	return &own
}

func refusedHeader(reason Reason, header, detail string) error {
	return &RefusedError{Reason: reason, Header: header, err: ErrSignature, detail: detail}
}

func mismatch(header string) error {
	return refusedHeader(ReasonMismatch, header, header+" does not match")
}

func tooLarge(limit int64) error {
	return &RefusedError{Reason: ReasonTooLarge, Limit: limit, err: ErrTooLarge, detail: fmt.Sprintf("the limit is %d bytes", limit)}
}
