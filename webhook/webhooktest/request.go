package webhooktest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Request is a webhook as it is sent. Its fields may be changed, but only the
// signature that it was made with is in Header.
type Request struct {
	Method string // "POST"
	Path   string // escaped, as it is sent; "/" unless Options.Path says otherwise
	Query  string // escaped, without the question mark
	Header http.Header
	Body   []byte

	// Stage is that of HTTPAPI ($default if it is empty) and of RESTAPI ("prod"
	// if it is empty).
	Stage string

	// Base64 has the body in base64 in every event, as a REST API does with
	// binaryMediaTypes. Without it only those bodies come so which the front door
	// takes for binary, as forms are for most.
	Base64 bool
}

// HTTP returns the request as a server gets it, for [http.Handler.ServeHTTP].
func (r Request) HTTP() *http.Request {
	out := httptest.NewRequest(r.Method, r.uri(), bytes.NewReader(r.Body))
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

// What the front doors add to a request.
const (
	sourceIP  = "192.0.2.1"
	requestID = "8f7c3c5e-1d0a-4c39-9b3a-6f1d1e0f2a77"
	accountID = "123456789012"
	traceID   = "Root=1-67891233-abcdef012345678912345678"
)

// forwarded returns the header as a front door hands it on.
func (r Request) forwarded(host string) http.Header {
	h := r.sent()
	h.Set("Host", host)
	h.Set("X-Amzn-Trace-Id", traceID)
	h.Set("X-Forwarded-For", sourceIP)
	h.Set("X-Forwarded-Port", "443")
	h.Set("X-Forwarded-Proto", "https")
	return h
}

// embedded returns the body as function URLs, HTTP APIs and load balancers have
// it.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
func (r Request) embedded() (body string, isBase64 bool) {
	return r.embed(r.isText() && r.Header.Get("Content-Encoding") == "")
}

func (r Request) embed(text bool) (body string, isBase64 bool) {
	if !r.Base64 && (len(r.Body) == 0 || text && utf8.Valid(r.Body)) {
		return string(r.Body), false
	}
	return base64.StdEncoding.EncodeToString(r.Body), true
}

func (r Request) isText() bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(media, "text/")
}

// each returns the header with a name and one value for each.
func each(h http.Header, name func(string) string, value func([]string) string) map[string]string {
	m := make(map[string]string, len(h))
	for n, values := range h {
		if len(values) > 0 {
			m[name(n)] = value(values)
		}
	}
	return m
}

func last(values []string) string { return values[len(values)-1] }

func joined(values []string) string { return strings.Join(values, ",") }

func same(name string) string { return name }

// object is a JSON object.
type object map[string]any

func (o object) event() []byte {
	out, err := json.Marshal(o)
	if err != nil {
		panic("webhooktest: " + err.Error()) // strings, numbers and booleans only
	}
	return out
}
