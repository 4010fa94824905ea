package httpresult

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// header is the single-value headers.
func (r *result) header(defaultType string) http.Header {
	h := http.Header{}
	for name, value := range r.Headers {
		h.Set(name, string(value))
	}
	return withType(h, defaultType)
}

// multiHeader is the multi-value headers.
func (r *result) multiHeader(defaultType string) http.Header {
	h := http.Header{}
	for name, values := range r.MultiValueHeaders {
		for _, v := range values {
			h.Add(name, string(v))
		}
	}
	return withType(h, defaultType)
}

// merged is both. A pair that is in both is there once.
func (r *result) merged(defaultType string) http.Header {
	h := r.multiHeader("")
	for name, value := range r.Headers {
		if !slices.Contains(h.Values(name), string(value)) {
			h.Add(name, string(value))
		}
	}
	return withType(h, defaultType)
}

func withType(h http.Header, defaultType string) http.Header {
	if defaultType != "" && h.Get("Content-Type") == "" {
		h.Set("Content-Type", defaultType)
	}
	return h
}

// scalar is a header's value. AWS also accepts a number or a boolean.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		return json.Unmarshal(data, (*string)(s))
	case '{', '[', 'n':
		return ErrMalformed
	}
	*s = scalar(data)
	return nil
}

// IsToken reports whether name may be the name of a header (RFC 9110, section 5.6.2).
func IsToken(name string) bool {
	return name != "" && strings.IndexFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	}) < 0
}

func hasControls(value string) bool {
	return strings.IndexFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) >= 0
}
