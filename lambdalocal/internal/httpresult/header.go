package httpresult

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// header is the single-value headers. Of names that differ only in case, the last one
// in the alphabet counts: what AWS does is not known.
func (r *result) header(defaultType string) http.Header {
	h := http.Header{}
	for _, name := range sorted(r.Headers) {
		h.Set(name, r.Headers[name].value)
	}
	return withType(h, defaultType)
}

// multiHeader is the multi-value headers.
func (r *result) multiHeader(defaultType string) http.Header {
	h := http.Header{}
	for _, name := range sorted(r.MultiValueHeaders) {
		for _, v := range r.MultiValueHeaders[name] {
			h.Add(name, v.value)
		}
	}
	return withType(h, defaultType)
}

// merged is both. A pair that is in both is there once. Names that differ only in case may
// have many values, so the values are not compared one by one.
func (r *result) merged(defaultType string) http.Header {
	h, known := r.multiHeader(""), map[[2]string]bool{}
	for name, values := range h {
		for _, value := range values {
			known[[2]string{name, value}] = true
		}
	}
	for _, name := range sorted(r.Headers) {
		pair := [2]string{http.CanonicalHeaderKey(name), r.Headers[name].value}
		if !known[pair] {
			known[pair] = true
			h.Add(name, pair[1])
		}
	}
	return withType(h, defaultType)
}

// sorted are the names of headers in an order that is the same each time.
func sorted[V any](headers map[string]V) []string { return slices.Sorted(maps.Keys(headers)) }

func withType(h http.Header, defaultType string) http.Header {
	if defaultType != "" && h.Get("Content-Type") == "" {
		h.Set("Content-Type", defaultType)
	}
	return h
}

// scalar is a header's value. API Gateway and function URLs also take a number or a
// boolean, a load balancer takes only text.
//
// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_lambda.snapshot.json, "invoke-api-with-headers": true becomes "true";
// https://github.com/jeremydaly/lambda-api/issues/117: a load balancer answers 502.
type scalar struct {
	value  string
	isText bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		s.isText = true
		return json.Unmarshal(data, &s.value)
	case '{', '[', 'n':
		return ErrMalformed
	}
	s.value = string(data)
	return nil
}

// scalars are the values of a header. They are not null.
type scalars []scalar

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalars) UnmarshalJSON(data []byte) error {
	if data[0] != '[' {
		return ErrMalformed
	}
	return json.Unmarshal(data, (*[]scalar)(s))
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
