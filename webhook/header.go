package webhook

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxSignatures in one header bounds what a forger's can cost: each asymmetric one
// takes tens of microseconds and the hash of the body. Senders send one for each
// secret that is still good.
const maxSignatures = 16

// single returns the one value of a header.
func single(header http.Header, name string) (string, error) {
	values := valuesOf(header, name)
	if len(values) != 1 || values[0] == "" {
		return "", fmt.Errorf("%w: %d values of %s, want 1 that is not empty", ErrSignature, len(values), name)
	}
	return values[0], nil
}

// first returns a header's first value, for what is not signed.
func first(header http.Header, name string) string {
	if values := valuesOf(header, name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// valuesOf returns the values of a header, whatever the case of its name. Name is
// canonical: where it is there, as net/http and lambdahttp make it, there is no search
// for other spellings, which would cost a tenth of a verification.
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

// timely parses seconds since 1970, written without sign or leading zero, and
// checks that they are near now.
func (o *Options) timely(seconds string) (time.Time, error) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || seconds[0] < '1' || seconds[0] > '9' {
		return time.Time{}, fmt.Errorf("%w: the time stamp is no number of seconds", ErrSignature)
	}
	at := time.Unix(n, 0).UTC()
	if off := o.Now().Sub(at); off.Abs() > o.Tolerance {
		return at, fmt.Errorf("%w: %w: it is off by %v, the tolerance is %v", ErrSignature, ErrTimestamp, off.Round(time.Second), o.Tolerance)
	}
	return at, nil
}
