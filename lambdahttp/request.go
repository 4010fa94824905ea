package lambdahttp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// request returns the request as a server would receive it from the client.
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

// header returns the headers. Some events have all headers twice, in Headers and
// MultiValueHeaders, or cookies twice, in Headers and Cookies.
func (e *event) header() http.Header {
	h := make(http.Header, max(len(e.Headers), len(e.MultiValueHeaders)))
	for name, values := range e.MultiValueHeaders {
		for _, value := range values {
			h.Add(name, value)
		}
	}
	if len(h) == 0 {
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
		u.RawPath = "" // as in net/http, and where raw is not an encoding of path
	}
	return u
}

// path returns the decoded path, and the path as it was sent if the event has it.
// An HTTP API decodes the path, also in rawPath. Decoding it again would lead past
// an authorization that the API has decided by the path it saw.
func (e *event) path() (path, raw string) {
	stage := e.RequestContext.Stage
	switch {
	case e.isV2() && e.RequestContext.HTTP.Path != "":
		return withoutStage(e.RequestContext.HTTP.Path, stage), withoutStage(e.RawPath, stage)
	case e.isV2():
		raw = withoutStage(e.RawPath, stage)
	case e.Version != "": // an HTTP API with payload format 1.0
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

// withoutStage removes the stage, which an HTTP API leaves in the path unless it is
// $default.
func withoutStage(path, stage string) string {
	rest, ok := strings.CutPrefix(path, "/"+stage)
	if !ok || stage == "" || stage == "$default" || rest != "" && rest[0] != '/' {
		return path
	}
	return rest
}

// query returns the query string. A load balancer passes parameters on as they were
// sent; a REST API decodes them.
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
