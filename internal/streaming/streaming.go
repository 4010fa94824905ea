// Package streaming calls a lambda.Handler for its response as a reader. A
// lambda.Handler returns bytes, so a handler that calls another's Invoke buffers the
// response, even if the other one can stream.
package streaming

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
)

// made is the type of the handlers that lambda.NewHandler returns. Of all types with an
// Invoke method, lambda.Start streams from this one only.
var made = reflect.TypeOf(lambda.NewHandler(func() {}))

// Handler calls a lambda.Handler. It is safe for concurrent use if the handler's code is.
type Handler struct {
	handler lambda.Handler
	streams bool

	// encoding is held while a response is encoded and copied. The handlers of
	// lambda.NewHandler return bytes of a buffer that their next response overwrites. A
	// func without a value shows none to the trace, and writes the same null each time.
	encoding sync.Mutex
}

// New returns a Handler that calls h.
func New(h lambda.Handler) *Handler { return &Handler{handler: h, streams: reflect.TypeOf(h) == made} }

// Streams reports whether a response can be a stream: whether lambda.NewHandler has
// made the handler.
func (h *Handler) Streams() bool { return h.streams }

// Open calls the handler. If its func returns a reader, Open returns that reader, not
// read yet. The caller closes the response.
func (h *Handler) Open(ctx context.Context, event []byte) (*Response, error) {
	if !h.streams {
		payload, err := h.handler.Invoke(ctx, event)
		return Buffered(typeBytes, payload), err
	}
	c := &call{encoding: &h.encoding}
	payload, err := c.run(ctx, h.handler, event)
	switch {
	case c.reader != nil:
		return &Response{c.reader}, nil
	case c.encodes:
		return Buffered(typeJSON, payload), err
	}
	return Buffered(typeBytes, payload), err
}

// The types that aws-lambda-go sends with a response.
const (
	typeJSON  = "application/json"
	typeBytes = "application/octet-stream"
)

// Response is what a handler has returned. A func that returns it to lambda.Start, or
// to lambda.NewHandler, streams it.
type Response struct{ io.Reader }

// Buffered returns a response of these bytes.
func Buffered(contentType string, payload []byte) *Response {
	return &Response{typed{bytes.NewReader(payload), contentType}}
}

type typed struct {
	*bytes.Reader
	contentType string
}

func (t typed) ContentType() string { return t.contentType }

// Close implements io.Closer. It closes the handler's reader if that can be closed.
func (r *Response) Close() error {
	if c, ok := r.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// ContentType returns the type that aws-lambda-go sends with the response.
func (r *Response) ContentType() string {
	if t, ok := r.Reader.(interface{ ContentType() string }); ok {
		return t.ContentType()
	}
	return typeBytes
}

// MarshalJSON fails, because aws-lambda-go reads only what cannot be marshaled.
func (*Response) MarshalJSON() ([]byte, error) { return nil, errRead }
