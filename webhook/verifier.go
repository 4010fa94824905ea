package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// Errors of [Verifier.Verify], for [errors.Is]. Their text never holds a secret,
// a signature or a part of the body.
var (
	ErrSignature = errors.New("webhook: the signature is missing or wrong") // answered with 401
	ErrTimestamp = errors.New("webhook: the timestamp is outside the tolerance")
	ErrMalformed = errors.New("webhook: the body is malformed") // answered with 400
	ErrTooLarge  = errors.New("webhook: the body is too large") // answered with 413
)

// Verifier checks that a webhook comes from its provider. Make one with
// [NewSlack], [NewStripe], [NewGitHub], [NewShopify], [NewStandard], [NewHMAC] or,
// for any other scheme, [NewFunc]. It is safe for concurrent use.
type Verifier struct {
	provider  provider
	endpoint  string
	maxBody   int
	onRefused func(context.Context, *RefusedError)
	logger    *slog.Logger
}

// provider is what differs between the senders of webhooks.
type provider interface {
	name() string

	// verify returns what the headers say of a correctly signed request.
	verify(header http.Header, body []byte) (Delivery, error)

	// sign adds the headers of the signature.
	sign(header http.Header, at time.Time, body []byte) error

	// describe adds to a verified delivery what its body says.
	describe(d Delivery) Delivery

	// answer answers a described delivery that is not an event, such as a challenge.
	answer(d Delivery) (answer Response, ok bool)
}

// Verify checks a request. Body is the body as it was sent: base64 decoded, nothing
// else changed. Header names may be in any case; where a name is there in Go's
// canonical form, other spellings of it are not looked for. Verify looks at nothing
// of the body but its signature.
//
// The error is a [*RefusedError]. It wraps ErrSignature, ErrTooLarge or, besides
// ErrSignature, ErrTimestamp. The delivery keeps body and header and copies neither.
func (v *Verifier) Verify(header http.Header, body []byte) (Delivery, error) {
	if len(body) > v.maxBody {
		return Delivery{}, v.refusal(tooLarge(int64(v.maxBody)))
	}
	return v.verify(header, body)
}

// verify verifies a body that is not too large.
func (v *Verifier) verify(header http.Header, body []byte) (Delivery, error) {
	d, err := v.provider.verify(header, body)
	if err != nil {
		return Delivery{}, v.refusal(err)
	}
	d.within(v)
	d.Unsigned.Header = header
	if d.Body == nil && d.verifier == nil { // else a function given to NewFunc says which part was signed
		d.Body = body
	}
	if d.verifier == nil { // else a function given to NewFunc has called another verifier
		d.verifier = v
	}
	return d, nil
}

// check panics as the named method.
func (v *Verifier) check(method string) {
	if v == nil || v.provider == nil {
		panic("webhook: " + method + ": the verifier is nil or was not made by a constructor")
	}
}

// Sign adds to header the signature of body, made at that time with the
// verifier's first secret, as the provider does. Use it in tests, or to pass
// webhooks on. Headers that are signed too, such as webhook-id, must be there
// already.
//
// A verifier that has a public key or was made with [NewFunc] cannot sign, and
// returns an error.
func (v *Verifier) Sign(header http.Header, at time.Time, body []byte) error {
	return v.provider.sign(header, at, body)
}

// named is a provider that sends nothing but events, and says all there is to know
// of them in the headers.
type named string

func (n named) name() string                     { return string(n) }
func (n named) describe(d Delivery) Delivery     { return d }
func (n named) answer(Delivery) (Response, bool) { return Response{}, false }
