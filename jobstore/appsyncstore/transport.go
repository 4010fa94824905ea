package appsyncstore

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// maxAnswer is how much of an answer is read. AppSync's own limit is 5 MB.
//
// Source: https://docs.aws.amazon.com/general/latest/gr/appsync.html
const maxAnswer = 8 << 20

// maxWait is how long one try may take, its answer included. AppSync's own limit of a
// request is 30 seconds.
//
// Source: https://docs.aws.amazon.com/general/latest/gr/appsync.html
const maxWait = 35 * time.Second

// withoutRedirects returns c so that it follows no redirect: a redirect would take the
// key and the job elsewhere. It does not change c. The AWS SDK's client follows 307 and
// 308.
func withoutRedirects(c HTTPClient) HTTPClient {
	switch c := c.(type) {
	case *http.Client:
		changed := *c
		changed.CheckRedirect = stay
		return &changed
	case *awshttp.BuildableClient:
		return &http.Client{Transport: c.GetTransport(), Timeout: c.GetTimeout(), CheckRedirect: stay}
	}
	return c
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// redirected is true of an answer that a client got by following a redirect.
func redirected(resp *http.Response) bool { return resp.Request != nil && resp.Request.Response != nil }

// connectionError is the error of a try without an answer. Its text holds nothing that
// the server has sent: net/http quotes the lines of a malformed answer.
type connectionError struct{ err error }

func (e *connectionError) Unwrap() error { return e.err }

func (e *connectionError) Error() string {
	var dial *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(e.err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(e.err, &dial):
		return dial.Error()
	case errors.As(e.err, &certificate):
		return certificate.Error()
	case errors.Is(e.err, io.EOF), errors.Is(e.err, io.ErrUnexpectedEOF):
		return "the connection ended before the answer did"
	}
	return "the request failed, or its answer is not HTTP"
}
