package webhooktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// Options are what may differ between the webhooks of one provider.
type Options struct {
	// Time is when the webhook is signed. Default [time.Now].
	Time time.Time

	// Header is sent too, and in place of the provider's header of the same name,
	// except for the signature's.
	Header http.Header

	// Path is where the webhook is sent to, escaped. Default "/".
	Path string

	// Base64 is that of the [Request].
	Base64 bool

	// Form sends GitHub's JSON in the payload field of a form, to which a webhook
	// can be set. Nothing else looks at it.
	Form bool
}

func options(opts []func(*Options)) Options {
	o := Options{Time: time.Now(), Path: "/"}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// Sign returns a webhook with this body, signed by the verifier, with the
// Content-Type application/json. Headers that are signed too, such as webhook-id,
// must be in Options.Header. The verifier cannot be one of [webhook.New].
func Sign(v *webhook.Verifier, body []byte, opts ...func(*Options)) Request {
	return sign(v, nil, body, options(opts), http.Header{"Content-Type": {typeJSON}})
}

// HMAC returns a webhook of a scheme, whose ID and type, if it has headers for
// them, must be in Options.Header. A payload of []byte is sent as it is, all
// else as JSON.
func HMAC(secret string, scheme webhook.Scheme, payload any, opts ...func(*Options)) Request {
	v, err := webhook.NewHMAC(secret, scheme)
	return sign(v, err, marshal(payload), options(opts), http.Header{"Content-Type": {typeJSON}})
}

// sign takes a verifier with the error of its making.
func sign(v *webhook.Verifier, err error, body []byte, o Options, header http.Header) Request {
	for name, values := range o.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if err == nil {
		err = v.Sign(header, o.Time, body)
	}
	if err != nil {
		panic(fmt.Sprintf("webhooktest: %v", err))
	}
	return Request{Method: http.MethodPost, Path: o.Path, Header: header, Body: body, Base64: o.Base64}
}

// marshal returns bytes as they are, all else as JSON.
func marshal(v any) []byte {
	switch v := v.(type) {
	case []byte:
		return v
	case json.RawMessage:
		return v
	}
	out, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("webhooktest: %T has no JSON: %v", v, err))
	}
	return out
}

// raw is JSON within JSON.
func raw(v any) json.RawMessage { return marshal(v) }

// need panics for what a provider never leaves out.
func need(what, value string) string {
	if value == "" {
		panic("webhooktest: " + what + " is empty")
	}
	return value
}

// with returns the fields with defaults for what is not there.
func with[V any](fields, defaults map[string]V) map[string]V {
	out := maps.Clone(defaults)
	maps.Copy(out, fields)
	return out
}
