package lambdalocal

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// Client returns a client of the AWS SDK for all functions, including those added
// later. It is the SDK's own, with its retries and typed errors, but its requests go
// to [Local.InvokeAPI] inside the process. So it needs no port and works inside
// testing/synctest. Operations other than Invoke fail. After Close all calls fail with
// [ErrClosed].
//
// Like the client in a Lambda function, it sends the trace header of the invocation
// whose context it is called with.
func (l *Local) Client() *lambda.Client {
	return lambda.New(lambda.Options{
		Region:      l.options.Region,
		Credentials: aws.AnonymousCredentials{},
		HTTPClient:  transport{l, l.InvokeAPI()},
	})
}

// transport serves requests without a network.
type transport struct {
	local *Local
	api   http.Handler
}

// Do implements the SDK's HTTPClient.
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
	answer := &recorder{header: http.Header{}}
	if err := answer.serve(t.api, r); err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return answer.response(r), nil
}

// recorder keeps what a handler writes.
type recorder struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *recorder) Header() http.Header { return a.header }

func (a *recorder) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *recorder) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// serve turns an aborted handler into what a client sees of it.
func (a *recorder) serve(h http.Handler, r *http.Request) (err error) {
	defer func() {
		if value := recover(); value == http.ErrAbortHandler {
			err = io.ErrUnexpectedEOF
		} else if value != nil {
			panic(value)
		}
	}()
	h.ServeHTTP(a, r)
	return nil
}

func (a *recorder) response(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: int64(a.body.Len()), Body: io.NopCloser(&a.body),
	}
}
