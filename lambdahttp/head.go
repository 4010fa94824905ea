package lambdahttp

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var errShort = errors.New("lambdahttp: the response is shorter than its Content-Length")

// head is the beginning of a response, and holds the body to it.
type head struct {
	method string // of the request
	header http.Header

	status  int
	sent    http.Header // header as it was when the status was written
	length  int64       // the Content-Length, or -1
	written int64       // bytes of the body
}

// Header is for http.ResponseWriter.
func (h *head) Header() http.Header { return h.header }

// checkStatus panics like net/http if no response can have the status.
func checkStatus(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status))
	}
}

// writeHeader leaves out statuses that precede the response, and all but the first.
func (h *head) writeHeader(status int) {
	if h.sent != nil || status < 200 {
		return
	}
	h.status, h.sent, h.length = status, sendable(h.header), -1
	if n, err := strconv.ParseInt(h.sent.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		h.length = n
	}
}

// take returns an error if the body cannot have n more bytes.
func (h *head) take(n int) error {
	h.writeHeader(http.StatusOK)
	switch {
	case n == 0:
		return nil
	case !h.hasBody():
		return http.ErrBodyNotAllowed
	case h.length >= 0 && h.written+int64(n) > h.length:
		return http.ErrContentLength
	}
	h.written += int64(n)
	return nil
}

// hasBody reports whether the status allows a body.
func (h *head) hasBody() bool {
	return h.status != http.StatusNoContent && h.status != http.StatusNotModified
}

// isShort reports whether the body has not reached its Content-Length.
func (h *head) isShort() bool {
	return h.method != http.MethodHead && h.hasBody() && h.length > h.written
}

// sendable returns the header as net/http sends it: without names that no header can
// have, as those of trailers, without line ends in values, and without
// Transfer-Encoding. The names are in canonical form.
func sendable(header http.Header) http.Header {
	out := make(http.Header, len(header))
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if !isToken(name) {
			continue
		}
		key := http.CanonicalHeaderKey(name)
		out[key] = slices.Grow(out[key], len(header[name]))
		for _, value := range header[name] {
			out[key] = append(out[key], strings.Trim(lineEnds.Replace(value), " \t"))
		}
	}
	delete(out, "Transfer-Encoding")
	return out
}

var lineEnds = strings.NewReplacer("\r", " ", "\n", " ")

// isToken reports whether a header can have the name (RFC 9110, section 5.6.2).
func isToken(name string) bool {
	return name != "" && strings.IndexFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	}) < 0
}
