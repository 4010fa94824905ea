// Package outbound keeps requests with credentials on their way: to one address, not in
// clear text, and with errors that repeat nothing of them.
package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
)

// CheckURL refuses an address to which a request would go in clear text. No error holds
// the address, since it may hold a password.
func CheckURL(what, address, example string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%s is not a URL such as %s", what, example)
	case u.User != nil:
		return fmt.Errorf("%s has a user name or password, want neither", what)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("%s is http, want https: only localhost and loopback addresses may do without", what)
	}
	return nil
}

// loopback is true of localhost and of loopback addresses in their usual form. What
// another spelling such as 127.1 means depends on the resolver. Of LOCALHOST net/http
// would tell the proxy of HTTP_PROXY, which it leaves out for localhost.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// Stay is an http.Client's CheckRedirect that follows none.
func Stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// errSwitched is the error of an answer with status 101.
var errSwitched = errors.New("the server has switched to another protocol")

// Answered returns an error for an answer with status 101, and closes it. Of such an answer
// net/http leaves the connection to the caller: neither the context nor the client's Timeout
// would end reading it.
func Answered(resp *http.Response) error {
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return nil
	}
	resp.Body.Close()
	return &ConnectionError{errSwitched}
}

// ConnectionError is the error of a request without an answer. Its text holds nothing that
// the server has sent: net/http quotes the lines of a malformed answer.
type ConnectionError struct{ Err error }

// Unwrap returns the error.
func (e *ConnectionError) Unwrap() error { return e.Err }

// Error implements error.
func (e *ConnectionError) Error() string {
	var dial *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(e.Err, errRedirected):
		return errRedirected.Error()
	case errors.Is(e.Err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(e.Err, &dial):
		return dial.Error()
	case errors.As(e.Err, &certificate):
		return certificate.Error()
	case errors.Is(e.Err, io.EOF), errors.Is(e.Err, io.ErrUnexpectedEOF):
		return "the connection ended before the answer did"
	}
	return "the request failed, or its answer is not HTTP"
}
