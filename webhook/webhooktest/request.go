package webhooktest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
)

// Request is a webhook as it is sent. You may change its fields; the signature in
// Header stays the one for the original request.
type Request struct {
	Method string // "POST"
	Path   string // escaped, as it is sent; "/" unless Options.Path says otherwise
	Query  string // escaped, without the question mark
	Header http.Header
	Body   []byte

	// Stage is the API's stage. If it is empty, HTTPAPI uses $default and RESTAPI
	// uses "prod".
	Stage string

	// Base64 encodes the body in base64 in every event, as a REST API does with
	// binaryMediaTypes. Without it, a front door encodes only a body that it takes for
	// binary. Most take forms for binary.
	Base64 bool
}

// HTTP returns the request as a server receives it, for [http.Handler.ServeHTTP].
func (r Request) HTTP() *http.Request {
	out := httptest.NewRequest(r.Method, r.escaped().uri(), bytes.NewReader(r.Body))
	out.Header = r.sent()
	return out
}

func (r Request) uri() string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// sent returns a copy of the header, with the length of the body.
func (r Request) sent() http.Header {
	h := make(http.Header, len(r.Header)+1)
	for name, values := range r.Header {
		h[textproto.CanonicalMIMEHeaderKey(name)] = append([]string(nil), values...)
	}
	h.Set("Content-Length", strconv.Itoa(len(r.Body)))
	return h
}

const accountID = "123456789012"

// at returns the request as a front door with this domain name has it. API
// Gateway and function URLs have an ID too.
func (r Request) at(host, id string) httpevent.Request {
	return httpevent.Request{
		ID: "8f7c3c5e-1d0a-4c39-9b3a-6f1d1e0f2a77", Trace: "Root=1-67891233-abcdef012345678912345678", Received: time.Now().UTC(),
		Method: r.Method, Path: r.Path, Query: r.Query, Protocol: "HTTP/1.1", Header: r.sent(), SourceIP: "192.0.2.1",
		Body: r.Body, Base64: r.Base64, Host: host, Scheme: "https", Port: "443", AccountID: accountID, APIID: id,
	}
}

// object is a JSON object.
type object map[string]any

func (o object) event() []byte { return event(o) }
