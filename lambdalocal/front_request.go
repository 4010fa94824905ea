package lambdalocal

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// traceHeader carries X-Ray's trace from one service to the next.
const traceHeader = "X-Amzn-Trace-Id"

// requestTime is the form of a request's time in the events of API Gateway.
const requestTime = "02/Jan/2006:15:04:05 -0700"

// continues puts the invocation into the trace of its caller, if that has one.
func (i *invocation) continues(header string) {
	if strings.Contains(header, "Root=") {
		i.trace = header
	}
}

// forwarded is the request's headers as every front hands them on: with Host, the
// trace, and who called by which protocol and port.
func forwarded(r *http.Request, inv *invocation) http.Header {
	h := r.Header.Clone()
	h.Set("Host", r.Host)
	h.Set(traceHeader, inv.trace)
	h.Set("X-Forwarded-For", strings.Join(append(h.Values("X-Forwarded-For"), sourceIP(r)), ", "))
	proto, port := "http", "80"
	if r.TLS != nil {
		proto, port = "https", "443"
	}
	if _, p, err := net.SplitHostPort(r.Host); err == nil {
		port = p
	}
	h.Set("X-Forwarded-Proto", proto)
	h.Set("X-Forwarded-Port", port)
	return h
}

func sourceIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// domainPrefix is the first label of the host.
func domainPrefix(r *http.Request) string {
	prefix, _, _ := strings.Cut(r.Host, ".")
	return prefix
}

// embed is a body as an event carries it: as it is, or in base64. Text that is
// not UTF-8 would not survive JSON, so it goes in base64 too.
func embed(body []byte, text bool) (s string, isBase64Encoded bool) {
	if len(body) == 0 || text && utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

// isText tells which bodies are no binary ones. AWS lists the types for load
// balancers only; HTTP APIs have been seen to take the same.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
func isText(r *http.Request) bool {
	media := mediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(media, "text/")
}

// mediaType is the type without its parameters, in lower case.
func mediaType(header string) string {
	media, _, err := mime.ParseMediaType(header)
	if err != nil {
		media, _, _ = strings.Cut(header, ";")
	}
	return strings.ToLower(strings.TrimSpace(media))
}

// last is the last value of each name: what a format without multi-values keeps.
// The names go through as.
func last(values map[string][]string, as func(string) string) map[string]string {
	return each(values, as, func(all []string) string { return all[len(all)-1] })
}

// each is values with their names and lists converted; nil stays nil.
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

func now() time.Time { return time.Now().UTC() }

func marshal(event any) []byte {
	payload, err := json.Marshal(event)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return payload
}
