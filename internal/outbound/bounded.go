package outbound

import (
	"errors"
	"io"
	"net/http"
)

// Doer sends requests. [http.Client] is one, and the HTTPClient of the AWS SDK's options.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Bounded returns d without answers that the request's context would not end, or that would
// fill the memory: with status 101, and longer than [MaxAnswer]. An answer that is faster than
// the end of the request is kept. An [http.Client] follows no redirect then: what is behind one
// would get a GET without the work, and its 200 would be taken for success. The answer of another
// client that has followed one is an error.
func Bounded(d Doer) Doer {
	if c, ok := d.(*http.Client); ok {
		staying := *c
		staying.CheckRedirect = Stay
		d = &staying
	}
	return bounded{d}
}

type bounded struct{ Doer }

var errRedirected = errors.New("a redirect was followed")

func (b bounded) Do(r *http.Request) (*http.Response, error) {
	resp, err := b.Doer.Do(read(r))
	if err != nil {
		return resp, err
	}
	if err := Answered(resp); err != nil {
		return nil, err
	}
	if resp.Request != nil && resp.Request.Response != nil {
		resp.Body.Close()
		return nil, &ConnectionError{errRedirected}
	}
	if resp.Body != nil {
		resp.Body = &answer{resp.Body, MaxAnswer}
	}
	return resp, nil
}

// read returns r with a body that can only be read. The body of smithy-go 1.28 has a WriteTo too,
// which fails with [io.EOF] once it is closed. That happens as soon as an answer has come. So
// net/http, which looks for the body's end after the last byte, would close the connection, and a
// write that has succeeded would be sent again.
func read(r *http.Request) *http.Request {
	if r == nil || r.Body == nil || r.ContentLength <= 0 {
		return r
	}
	plain := *r
	plain.Body = struct{ io.ReadCloser }{r.Body}
	return &plain
}
