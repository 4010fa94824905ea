package webhook

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxSignatures in one header bounds what a forged request can cost. A sender sends one
// for each secret that is still valid. The body is hashed once for each key, however many
// there are; see maxVerifications for asymmetric keys.
const maxSignatures = 16

// single returns the one value of a header.
func single(header http.Header, name string) (string, error) {
	values := valuesOf(header, name)
	switch {
	case len(values) > 1:
		return "", refusedHeader(ReasonRepeated, name, fmt.Sprintf("%d values of %s, want 1", len(values), name))
	case len(values) == 0 || values[0] == "":
		return "", refusedHeader(ReasonMissing, name, name+" is missing or empty")
	}
	return values[0], nil
}

// first returns the first value of a header that is not signed.
func first(header http.Header, name string) string {
	if values := valuesOf(header, name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// valuesOf returns the values of a header, whatever the case of its name. Name is
// canonical. Headers made by net/http and lambdahttp have it in that form. Searching
// them for other spellings would take up to 12 % of a verification (BenchmarkVerify).
func valuesOf(header http.Header, name string) []string {
	if values, ok := header[name]; ok {
		return values
	}
	var values []string
	for n, v := range header {
		if strings.EqualFold(n, name) {
			values = append(values, v...)
		}
	}
	return values
}

// clock checks the timestamps that a provider signs.
type clock struct {
	now       func() time.Time
	tolerance time.Duration
}

// timely parses seconds since 1970, written without sign or leading zero in the named
// header, and checks that they are near now.
func (c clock) timely(header, seconds string) (time.Time, error) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || seconds[0] < '1' || seconds[0] > '9' {
		return time.Time{}, refusedHeader(ReasonMalformed, header, header+" has a timestamp that is not a number of seconds")
	}
	at := time.Unix(n, 0).UTC()
	off := c.now().Sub(at)
	switch {
	case off > c.tolerance:
		return at, c.untimely(ReasonStale, header, off)
	case off < -c.tolerance:
		return at, c.untimely(ReasonFuture, header, off)
	}
	return at, nil
}

func (c clock) untimely(reason Reason, header string, off time.Duration) error {
	off = off.Round(time.Second)
	return &RefusedError{
		Reason: reason, Header: header, Off: off, err: errUntimely,
		detail: fmt.Sprintf("it is off by %v, the tolerance is %v", off, c.tolerance),
	}
}

// isHeaderName reports whether name is a token, as the name of each header is.
//
// Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func isHeaderName(name string) bool {
	const marks = "!#$%&'*+-.^_`|~"
	return name != "" && strings.IndexFunc(name, func(c rune) bool {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		return !letter && (c < '0' || c > '9') && !strings.ContainsRune(marks, c)
	}) < 0
}
