package lambdahttp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// event is what is read of the events of all four front doors.
type event struct {
	Version string `json:"version"`

	// Payload 2.0: function URLs and HTTP APIs.
	RawPath        string   `json:"rawPath"`
	RawQueryString string   `json:"rawQueryString"`
	Cookies        []string `json:"cookies"`

	// Payload 1.0, REST APIs and load balancers.
	HTTPMethod                      string              `json:"httpMethod"`
	Path                            string              `json:"path"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`

	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`

	RequestContext struct {
		Stage    string `json:"stage"`
		Identity struct {
			SourceIP string `json:"sourceIp"`
		} `json:"identity"`
		HTTP struct {
			Method   string `json:"method"`
			Path     string `json:"path"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
		ELB json.RawMessage `json:"elb"`
	} `json:"requestContext"`
}

// EventError is the error for an event that is not an HTTP request of a function
// URL, API Gateway or a load balancer.
type EventError struct{ Reason string }

func (e *EventError) Error() string {
	return "lambdahttp: the event is not an HTTP request of a function URL, API Gateway or a load balancer: " + e.Reason
}

func parseEvent(payload []byte) (*event, error) {
	e := new(event)
	if err := json.Unmarshal(payload, e); err != nil {
		return nil, &EventError{Reason: "it does not decode"}
	}
	if e.method() == "" {
		return nil, &EventError{Reason: "it has neither requestContext.http.method nor httpMethod"}
	}
	return e, nil
}

func (e *event) method() string { return cmp.Or(e.RequestContext.HTTP.Method, e.HTTPMethod) }

// isV2 reports whether the event, and so its answer, has the payload format 2.0.
func (e *event) isV2() bool { return e.RequestContext.HTTP.Method != "" }

func (e *event) isLoadBalancer() bool { return e.RequestContext.ELB != nil }

func (e *event) request(ctx context.Context) (*http.Request, error) {
	body, err := e.body()
	if err != nil {
		return nil, err
	}
	r := &http.Request{
		Method: e.method(), URL: e.url(), Header: e.header(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	r.Host, r.RequestURI = r.Header.Get("Host"), r.URL.RequestURI()
	r.Header.Del("Host") // as net/http does
	if ip := cmp.Or(e.RequestContext.HTTP.SourceIP, e.RequestContext.Identity.SourceIP); ip != "" {
		r.RemoteAddr = net.JoinHostPort(ip, "0")
	}
	return r.WithContext(ctx), nil
}

// body returns the body as it was sent.
func (e *event) body() ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	return base64.StdEncoding.DecodeString(e.Body)
}

func (e *event) header() http.Header {
	h := make(http.Header, max(len(e.Headers), len(e.MultiValueHeaders)))
	for name, values := range e.MultiValueHeaders {
		for _, value := range values {
			h.Add(name, value)
		}
	}
	if len(h) == 0 { // else they are in both
		for name, value := range e.Headers {
			h.Add(name, value)
		}
	}
	if len(e.Cookies) > 0 {
		h.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	return h
}

func (e *event) url() *url.URL {
	path, raw := e.path()
	u := &url.URL{Path: cmp.Or(path, "/"), RawQuery: e.query()}
	usual := u.EscapedPath()
	if u.RawPath = raw; raw == usual || u.EscapedPath() != raw {
		u.RawPath = "" // as net/http has it, and where raw is no encoding of path
	}
	return u
}

// path returns the path decoded, and as it was sent where the event tells: an HTTP
// API has decoded it, also in rawPath. To decode it twice would lead past what
// the API decided by its path.
func (e *event) path() (path, raw string) {
	stage := e.RequestContext.Stage
	switch {
	case e.isV2() && e.RequestContext.HTTP.Path != "":
		return withoutStage(e.RequestContext.HTTP.Path, stage), withoutStage(e.RawPath, stage)
	case e.isV2():
		raw = withoutStage(e.RawPath, stage)
	case e.Version != "": // an HTTP API with payload 1.0
		return withoutStage(e.Path, stage), ""
	default:
		raw = e.Path
	}
	path, err := url.PathUnescape(raw)
	if err != nil {
		return raw, ""
	}
	return path, raw
}

// withoutStage takes away the stage that an HTTP API leaves in its paths: every one
// but $default.
func withoutStage(path, stage string) string {
	rest, ok := strings.CutPrefix(path, "/"+stage)
	if !ok || stage == "" || stage == "$default" || rest != "" && rest[0] != '/' {
		return path
	}
	return rest
}

// query returns the query string. A load balancer hands its parameters on as they
// were sent, a REST API decodes them.
func (e *event) query() string {
	if e.isV2() {
		return e.RawQueryString
	}
	values := url.Values(e.MultiValueQueryStringParameters)
	if len(values) == 0 {
		values = url.Values{}
		for name, value := range e.QueryStringParameters {
			values.Set(name, value)
		}
	}
	if !e.isLoadBalancer() {
		return values.Encode()
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, v := range values[name] {
			pairs = append(pairs, name+"="+v)
		}
	}
	return strings.Join(pairs, "&")
}
