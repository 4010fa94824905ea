package lambdahttp

import (
	"bytes"
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
func (e *event) request(ctx context.Context, o Options) (*http.Request, error) {
	body, err := e.body()
	if err != nil {
		return nil, err
	}
	r := &http.Request{
		Method: e.method(), URL: e.url(o.BasePath), Header: e.header(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: http.NoBody, ContentLength: int64(len(body)),
	}
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	r.Host, r.RequestURI = r.Header.Get("Host"), r.URL.RequestURI()
	r.Header.Del("Host") // as net/http does
	if ip := e.sourceIP(); ip != "" {
		r.RemoteAddr = net.JoinHostPort(ip, "0")
	}
	return r.WithContext(eventContext{ctx, e}), nil
}

// body returns the body as it was sent.
func (e *event) body() ([]byte, error) {
	if !e.isBase64Encoded {
		return []byte(e.text), nil
	}
	return base64.StdEncoding.DecodeString(e.text)
}

// header returns the headers. Some events have all headers twice, in headers and
// multiValueHeaders, or cookies twice, in headers and cookies. Of names that differ only in
// case, API Gateway does not tell in which order they were sent: theirs is that of the alphabet.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func (e *event) header() http.Header {
	h := make(http.Header, max(len(e.headers), len(e.multiValueHeaders)))
	for _, name := range slices.Sorted(maps.Keys(e.multiValueHeaders)) {
		for _, value := range e.multiValueHeaders[name] {
			h.Add(name, value)
		}
	}
	if len(h) == 0 {
		for _, name := range slices.Sorted(maps.Keys(e.headers)) {
			h.Add(name, e.headers[name])
		}
	}
	if len(e.cookies) > 0 {
		h.Set("Cookie", strings.Join(e.cookies, "; "))
	}
	return h
}

// query returns the query string. A load balancer passes parameters on as they were
// sent; a REST API decodes them.
func (e *event) query() string {
	if e.isV2() {
		return e.rawQuery
	}
	values := url.Values(e.multiParameters)
	if len(values) == 0 {
		values = url.Values{}
		for name, value := range e.parameters {
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
