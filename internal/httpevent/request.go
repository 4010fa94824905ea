// Package httpevent makes Lambda's events of HTTP requests: those of function URLs, HTTP
// APIs, REST APIs and load balancers.
package httpevent

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Request is a request at one of these front doors.
type Request struct {
	ID       string
	Trace    string // the X-Amzn-Trace-Id for the function
	Received time.Time

	Method   string
	Path     string // escaped, with the stage if the client sent one
	Query    string // escaped, without the question mark
	Protocol string // such as HTTP/1.1
	Header   http.Header
	SourceIP string // the client's

	Body   []byte
	Base64 bool // the event has the body in base64 whatever its type

	Host   string // the front door's, as the client named it
	Scheme string // http or https
	Port   string

	AccountID string
	APIID     string // of an API or a function URL
}

// Route is what an API decided by the path.
type Route struct {
	Key            string // the route key of an HTTP API, the resource of a REST API
	Path           string // of a REST API: escaped and without the stage
	Parameters     map[string]string
	Stage          string
	StageVariables map[string]string
}

// requestTime is the form of a request's time in the events of API Gateway.
const requestTime = "02/Jan/2006:15:04:05 -0700"

// forwarded is the header with what every front door adds to it.
func (r Request) forwarded() http.Header {
	h := r.Header.Clone()
	h.Set("Host", r.Host)
	h.Set("X-Amzn-Trace-Id", r.Trace)
	h.Set("X-Forwarded-For", strings.Join(append(h.Values("X-Forwarded-For"), r.SourceIP), ", "))
	h.Set("X-Forwarded-Proto", r.Scheme)
	h.Set("X-Forwarded-Port", r.Port)
	return h
}

func (r Request) userAgent() string { return r.Header.Get("User-Agent") }

// domainPrefix is the first label of the host.
func (r Request) domainPrefix() string {
	prefix, _, _ := strings.Cut(r.Host, ".")
	return prefix
}

// decodedPath is the path without escapes. One that cannot be decoded stays as it is.
func (r Request) decodedPath() string {
	if path, err := url.PathUnescape(r.Path); err == nil {
		return path
	}
	return r.Path
}

// query is the parameters, decoded. Those that cannot be are left out.
func (r Request) query() map[string][]string {
	values, _ := url.ParseQuery(r.Query)
	return values
}

// rawQuery is the parameters as they were sent.
func (r Request) rawQuery() map[string][]string {
	values := map[string][]string{}
	for pair := range strings.SplitSeq(r.Query, "&") {
		if pair != "" {
			name, value, _ := strings.Cut(pair, "=")
			values[name] = append(values[name], value)
		}
	}
	return values
}

// each is the values with their names and lists converted; nil stays nil.
func each[T any](values map[string][]string, name func(string) string, list func([]string) T) map[string]T {
	if values == nil {
		return nil
	}
	m := make(map[string]T, len(values))
	for n, all := range values {
		if len(all) > 0 {
			m[name(n)] = list(all)
		}
	}
	return m
}

func same[T any](v T) T { return v }

func joined(values []string) string { return strings.Join(values, ",") }

// last is what a format without multi-values keeps.
func last(values []string) string { return values[len(values)-1] }
