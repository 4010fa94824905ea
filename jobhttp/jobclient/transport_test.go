package jobclient_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
)

// direct sends requests to a handler without a network, so that tests run in virtual time.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	reader, writer := io.Pipe()
	w := &directWriter{header: http.Header{}, body: writer, begun: make(chan struct{})}
	received := httptest.NewRequestWithContext(ctx, r.Method, r.URL.String(), r.Body)
	received.Header = r.Header.Clone()
	go func() {
		defer cancel()
		defer func() {
			if v := recover(); v != nil {
				w.broken = true
				writer.CloseWithError(io.ErrUnexpectedEOF)
			}
			w.once.Do(func() { close(w.begun) })
			writer.Close()
		}()
		d.ServeHTTP(w, received)
	}()
	select {
	case <-w.begun:
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
	if w.status == 0 && w.broken {
		return nil, io.EOF
	}
	context.AfterFunc(r.Context(), func() { _ = writer.CloseWithError(context.Cause(r.Context())) })
	return &http.Response{StatusCode: max(w.status, 200), Header: w.sent, Body: body{reader, cancel}, Request: r, ProtoMajor: 1}, nil
}

type body struct {
	*io.PipeReader
	cancel func()
}

func (b body) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

type directWriter struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	broken       bool
	once         sync.Once
	begun        chan struct{}
}

func (w *directWriter) Header() http.Header { return w.header }
func (w *directWriter) Flush()              { w.WriteHeader(http.StatusOK) }

func (w *directWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.begun)
	})
}

func (w *directWriter) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}

// client calls h at https://api.example/jobs.
func client(h http.Handler, opts ...func(*jobclient.Options)) *jobclient.Client[string, string] {
	with := func(o *jobclient.Options) {
		o.HTTPClient = &http.Client{Transport: direct{http.StripPrefix("/jobs", h)}}
	}
	c, err := jobclient.New[string, string]("https://api.example/jobs", append([]func(*jobclient.Options){with}, opts...)...)
	if err != nil {
		panic(err)
	}
	return c
}
