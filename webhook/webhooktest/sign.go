package webhooktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/webhook"
)

// Options are the optional settings of a webhook.
type Options struct {
	// Time is when the webhook is signed. Default [time.Now].
	Time time.Time

	// Header is added to the provider's headers and replaces those of the same name,
	// except the signature's.
	Header http.Header

	// Path is where the webhook is sent to, escaped. Default "/".
	Path string

	// Base64 is the [Request]'s.
	Base64 bool
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

// Sign returns a webhook with this body and the Content-Type application/json,
// signed by v. Headers that are signed too, such as webhook-id, must be in
// Options.Header. A verifier made with [webhook.NewFunc] cannot sign.
func Sign(v *webhook.Verifier, body []byte, opts ...func(*Options)) Request {
	return sign(v, nil, body, options(opts), http.Header{"Content-Type": {typeJSON}})
}

// HMAC returns a webhook of a scheme. The scheme's ID and type headers, if any,
// must be in Options.Header. A payload of type []byte is sent as it is, any other as
// JSON.
func HMAC(secret string, scheme webhook.Scheme, payload any, opts ...func(*Options)) Request {
	v, err := webhook.NewHMAC(secret, scheme)
	return sign(v, err, marshal(payload), options(opts), http.Header{"Content-Type": {typeJSON}})
}

// sign takes a verifier and the error of its constructor.
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

// marshal returns bytes as they are and any other value as JSON.
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

// need panics for an empty value that the provider always sends.
func need(what, value string) string {
	if value == "" {
		panic("webhooktest: " + what + " is empty")
	}
	return value
}

// with returns the fields, and the defaults for those that are missing.
func with[V any](fields, defaults map[string]V) map[string]V {
	out := maps.Clone(defaults)
	maps.Copy(out, fields)
	return out
}
