package webhooktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/option"
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

const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// Sign returns a webhook with this body and the Content-Type application/json,
// signed by v. Headers that are signed too, such as webhook-id, must be in
// Options.Header. A verifier made with [webhook.NewFunc] cannot sign.
func Sign(v *webhook.Verifier, body []byte, opts ...func(*Options)) Request {
	c := newCall("Sign", opts)
	if v == nil {
		c.panic("the verifier is nil")
	}
	return c.sign(v, nil, body, http.Header{"Content-Type": {typeJSON}})
}

// HMAC returns a webhook of a scheme. The scheme's ID and type headers, if any,
// must be in Options.Header. A payload of type []byte is sent as it is, any other as
// JSON.
func HMAC(secret string, scheme webhook.Scheme, payload any, opts ...func(*Options)) Request {
	c := newCall("HMAC", opts)
	v, err := webhook.NewHMAC(secret, scheme, weak)
	return c.sign(v, err, c.marshal(payload), http.Header{"Content-Type": {typeJSON}})
}

// call is a call of one of this package's functions, which its panics name.
type call struct {
	function string
	Options
}

func newCall(function string, opts []func(*Options)) *call {
	c := &call{function, Options{Time: time.Now(), Path: "/"}}
	option.Apply("webhooktest: "+function, &c.Options, opts)
	if c.Time.IsZero() {
		c.panic("Options.Time is zero")
	}
	if !isPath(c.Path) {
		c.panic("Options.Path is %q, want an escaped path that begins with /", c.Path)
	}
	return c
}

func (c *call) panic(format string, args ...any) {
	panic("webhooktest: " + c.function + ": " + fmt.Sprintf(format, args...))
}

// sign takes a verifier and the error of its constructor.
func (c *call) sign(v *webhook.Verifier, err error, body []byte, header http.Header) Request {
	for name, values := range c.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if err == nil {
		err = v.Sign(header, c.Time, body)
	}
	if err != nil {
		c.panic("%v", err)
	}
	return Request{Method: http.MethodPost, Path: c.Path, Header: header, Body: body, Base64: c.Base64}
}

// marshal returns bytes as they are and any other value as JSON.
func (c *call) marshal(v any) []byte {
	switch v := v.(type) {
	case []byte:
		return v
	case json.RawMessage:
		return v
	}
	out, err := json.Marshal(v)
	if err != nil {
		c.panic("%T has no JSON: %v", v, err)
	}
	return out
}

// raw is JSON within JSON.
func (c *call) raw(v any) json.RawMessage { return c.marshal(v) }

// need panics for an empty value that the provider always sends.
func (c *call) need(what, value string) string {
	if value == "" {
		c.panic("%s is empty", what)
	}
	return value
}

// with returns the fields, and the defaults for those that are missing.
func with[V any](fields, defaults map[string]V) map[string]V {
	out := maps.Clone(defaults)
	maps.Copy(out, fields)
	return out
}
