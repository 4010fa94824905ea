package lambdalocal

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// Client returns a client of the AWS SDK for all functions, including those added
// later. It is the SDK's own, with its retries and typed errors, but its requests go
// to [Local.InvokeAPI] inside the process. So it needs no port and works inside
// testing/synctest. Operations other than Invoke and InvokeWithResponseStream fail.
// After Close all calls fail with [ErrClosed].
//
// As of smithy-go v1.28.9 a client must not read two streams at once, on AWS too: they
// share a buffer. Make a client for each.
//
// Like the client in a Lambda function, it sends the trace header of the invocation
// whose context it is called with.
func (l *Local) Client() *lambda.Client {
	return lambda.New(lambda.Options{
		Region:      l.options.Region,
		Credentials: aws.AnonymousCredentials{},
		HTTPClient:  transport{l, http.HandlerFunc(l.serveAPI)},
	})
}

// transport serves requests without a network.
type transport struct {
	local *Local
	api   http.Handler
}

// Do implements the SDK's HTTPClient. It returns when the response begins.
func (t transport) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if t.local.ctx.Err() != nil {
		return nil, ErrClosed
	}
	if trace, ok := r.Context().Value(traceKey).(string); ok && r.Header.Get("X-Amzn-Trace-Id") == "" {
		r.Header.Set("X-Amzn-Trace-Id", trace)
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	ctx, cancel := context.WithCancel(r.Context())
	answer := newAnswer()
	context.AfterFunc(ctx, func() { answer.body.CloseWithError(context.Cause(ctx)) })
	go answer.serve(t.api, r.WithContext(ctx))
	select {
	case <-answer.begun:
		return answer.response(r, cancel)
	case <-r.Context().Done():
		cancel()
		return nil, r.Context().Err()
	}
}

// answer is the response of a handler that runs in a goroutine of its own. A write
// waits until the client has read it.
type answer struct {
	header http.Header
	reader *io.PipeReader
	body   *io.PipeWriter
	begin  sync.Once
	begun  chan struct{} // closed when status, sent and err are set
	status int
	sent   http.Header
	err    error
}

func newAnswer() *answer {
	a := &answer{header: http.Header{}, begun: make(chan struct{})}
	a.reader, a.body = io.Pipe()
	return a
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.start(status, nil) }

func (a *answer) Write(p []byte) (int, error) {
	a.start(http.StatusOK, nil)
	return a.body.Write(p)
}

func (a *answer) start(status int, err error) {
	a.begin.Do(func() {
		a.status, a.sent, a.err = status, a.header.Clone(), err
		close(a.begun)
	})
}

// serve turns an aborted handler into what a client sees of it.
func (a *answer) serve(h http.Handler, r *http.Request) {
	defer func() {
		var err error
		if value := recover(); value == http.ErrAbortHandler {
			err = io.ErrUnexpectedEOF
		} else if value != nil {
			panic(value)
		}
		a.start(http.StatusOK, err)
		a.body.CloseWithError(err)
	}()
	h.ServeHTTP(a, r)
}

func (a *answer) response(r *http.Request, cancel func()) (*http.Response, error) {
	if a.err != nil {
		cancel()
		return nil, a.err
	}
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Header: a.sent, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: -1, Body: &answerBody{a.reader, cancel},
	}, nil
}

// answerBody ends the request when the client closes it, as a connection does.
type answerBody struct {
	*io.PipeReader
	cancel func()
}

func (b *answerBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
