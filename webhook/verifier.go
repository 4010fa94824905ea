package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Errors of [Verifier.Verify], for [errors.Is]. Their text never holds a secret,
// a signature or a part of the body.
var (
	ErrSignature = errors.New("webhook: the signature is missing or wrong") // answered 401
	ErrTimestamp = errors.New("webhook: the time stamp is outside the tolerance")
	ErrMalformed = errors.New("webhook: the body is malformed") // answered 400
	ErrTooLarge  = errors.New("webhook: the body is too large") // answered 413
)

// Verifier checks that a webhook comes from the provider that it knows. Make one
// with [NewSlack], [NewStripe], [NewGitHub], [NewShopify], [NewStandard],
// [NewHMAC] or, for a scheme of your own, [New]. It is safe for concurrent use.
type Verifier struct {
	provider provider
	opts     Options
}

// newVerifier forgets the secrets in rotation, of which the provider has its keys:
// package fmt calls no Format of what it finds in an unexported field.
func newVerifier(p provider, o Options) *Verifier {
	o.Secrets = nil
	return &Verifier{provider: p, opts: o}
}

// provider is what differs between the senders of webhooks.
type provider interface {
	name() string

	// verify returns what the headers say of a rightly signed request.
	verify(o *Options, header http.Header, body []byte) (Delivery, error)

	// sign adds the headers of the signature.
	sign(header http.Header, at time.Time, body []byte) error

	// describe reads the body for what verify left open.
	describe(body []byte) (id, eventType string, err error)

	// answer answers what is no event, as a challenge is none.
	answer(d Delivery) (answer Response, ok bool)
}

// Verify checks a request: body as it was sent, base64 undone and nothing else
// changed; the names of the headers may be in any case, but beside one in Go's canonical
// form no other spelling of it is looked for. It looks at nothing of the body but
// its signature.
//
// The error wraps ErrSignature, ErrTooLarge or, beside ErrSignature,
// ErrTimestamp. The delivery keeps body and header, and copies neither.
func (v *Verifier) Verify(header http.Header, body []byte) (Delivery, error) {
	if len(body) > v.opts.MaxBody {
		return Delivery{}, v.tooLarge()
	}
	d, err := v.provider.verify(&v.opts, header, body)
	if err != nil {
		return Delivery{}, err
	}
	d.Provider, d.Header, d.Body = v.provider.name(), header, body
	if d.verifier == nil { // else it is another's, which a function given to New has called
		d.verifier = v
	}
	return d, nil
}

func (v *Verifier) tooLarge() error {
	return fmt.Errorf("%w: the limit is %d bytes", ErrTooLarge, v.opts.MaxBody)
}

// Format implements [fmt.Formatter]: however a verifier is printed, its secrets
// are not.
func (v Verifier) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "webhook.Verifier(%s)", v.provider.name())
}

// Sign adds to header the signature of body, made at that time with the
// verifier's first secret, as the provider does: for tests, and for whoever
// passes webhooks on. Headers that are signed too, such as webhook-id, must be
// there already.
//
// It is an error to sign with a public key, or for a verifier made with [New].
func (v *Verifier) Sign(header http.Header, at time.Time, body []byte) error {
	return v.provider.sign(header, at, body)
}

// New returns a verifier for a scheme of your own. Verify is called with bodies
// up to Options.MaxBody; its error should wrap ErrSignature, and its delivery
// has an ID from [Delivery.WithID] or from the verifier that it asked, or else one
// made of the body. Nothing looks at Options.Secrets.
//
// New panics when verify is nil.
func New(name string, verify func(http.Header, []byte) (Delivery, error), opts ...func(*Options)) (*Verifier, error) {
	if verify == nil {
		panic("webhook: New: verify is nil")
	}
	o, err := options(opts)
	if err != nil {
		return nil, err
	}
	return newVerifier(custom{named: named(name), check: verify}, o), nil
}

type custom struct {
	named
	check func(http.Header, []byte) (Delivery, error)
}

func (c custom) verify(_ *Options, header http.Header, body []byte) (Delivery, error) {
	return c.check(header, body)
}

func (c custom) sign(http.Header, time.Time, []byte) error {
	return fmt.Errorf("webhook: %s cannot sign: it was made with New", c.named)
}

// named is a provider whose deliveries are all events, and which says all that is
// known of them in its headers.
type named string

func (n named) name() string                            { return string(n) }
func (n named) describe([]byte) (string, string, error) { return "", "", nil }
func (n named) answer(Delivery) (Response, bool)        { return Response{}, false }
