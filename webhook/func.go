package webhook

import (
	"fmt"
	"net/http"
	"time"
)

// NewFunc returns a verifier for a scheme that [NewHMAC] cannot express. Verify is
// called with bodies up to FuncOptions.MaxBody, and its error should wrap
// ErrSignature. The delivery that it returns takes its ID from [Delivery.WithID] or
// from the verifier that verify has called; otherwise the ID is made from the body.
//
// A part of a request, such as a webhook that a relay has wrapped, may be all that is signed.
// Its delivery then has that part as its Body, and nothing is read from the rest: verify
// returns the delivery of the verifier to which it gave the part, or sets Body itself.
// Otherwise Body is that of the request.
//
// NewFunc panics when name is empty or verify is nil.
func NewFunc(name string, verify func(http.Header, []byte) (Delivery, error), opts ...func(*FuncOptions)) *Verifier {
	if name == "" {
		panic("webhook: NewFunc: name is empty")
	}
	if verify == nil {
		panic("webhook: NewFunc: verify is nil")
	}
	o := newFuncOptions(opts)
	return &Verifier{provider: custom{named(name), verify}, endpoint: o.Endpoint, maxBody: o.MaxBody, onRefused: o.OnRefused, logger: o.Logger}
}

type custom struct {
	named
	check func(http.Header, []byte) (Delivery, error)
}

func (c custom) verify(header http.Header, body []byte) (Delivery, error) {
	return c.check(header, body)
}

func (c custom) sign(http.Header, time.Time, []byte) error {
	return fmt.Errorf("webhook: Sign: %s cannot sign: it was made with NewFunc", c.named)
}
