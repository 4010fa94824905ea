package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
)

// ConnectionError is the error of a request without an answer. Its text holds no path,
// which may be a secret, and nothing that the service has sent, which may repeat the token:
// net/http quotes the lines of a malformed answer.
type ConnectionError struct {
	host string
	err  error
}

func (e *ConnectionError) Unwrap() error { return e.err }

func (e *ConnectionError) Error() string { return e.host + ": " + e.reason() }

func (e *ConnectionError) reason() string {
	var dial *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(e.err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(e.err, context.Canceled):
		return "canceled"
	case errors.As(e.err, &dial):
		return dial.Error()
	case errors.As(e.err, &certificate):
		return certificate.Error()
	case errors.Is(e.err, io.EOF), errors.Is(e.err, io.ErrUnexpectedEOF):
		return "the connection ended before the answer did"
	}
	return "the request failed, or its answer is not HTTP"
}

// Code returns a code that the service has sent if it looks like one: of letters,
// underscores and colons. Anything else, such as the request's token, is withheld.
func Code(sent string) string {
	const longest = 64
	for i := range len(sent) {
		if c := sent[i] | 0x20; (c < 'a' || c > 'z') && sent[i] != '_' && sent[i] != ':' {
			return "(withheld)"
		}
	}
	if len(sent) > longest {
		return "(withheld)"
	}
	return sent
}
