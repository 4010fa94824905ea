package lambdalocal

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// response is an HTTP response made of what a function returned.
type response struct {
	status int
	header http.Header
	body   []byte
}

// dropped are the headers a function cannot set: hop-by-hop ones, and the length,
// which the front computes.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer
var dropped = []string{"Connection", "Content-Length", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func (r *response) write(w http.ResponseWriter) {
	r.writeHead(w)
	w.Write(r.body)
}

func (r *response) writeHead(w http.ResponseWriter) {
	for name, values := range r.header {
		if !slices.Contains(dropped, name) {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(r.status)
}

// result is the JSON object of a function's response. Each front looks at the
// fields of its format only.
type result struct {
	StatusCode        *int
	StatusDescription string
	Headers           map[string]scalar
	MultiValueHeaders map[string][]scalar
	Cookies           []string
	Body              string
	IsBase64Encoded   bool
}

// readResult tells no field's value in its error. Unlike Go's, AWS's names of
// fields have a case.
func readResult(payload []byte) (*result, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil || fields == nil {
		return nil, malformed("it is no JSON object")
	}
	r := new(result)
	for name, to := range map[string]any{
		"statusCode": &r.StatusCode, "statusDescription": &r.StatusDescription,
		"headers": &r.Headers, "multiValueHeaders": &r.MultiValueHeaders, "cookies": &r.Cookies,
		"body": &r.Body, "isBase64Encoded": &r.IsBase64Encoded,
	} {
		if value, ok := fields[name]; ok && json.Unmarshal(value, to) != nil {
			return nil, malformed("%s has the wrong type", name)
		}
	}
	return r, nil
}

// response is the result's response with these headers, which are the front's
// choice of those in the result. The body is decoded if it is base64 and the
// front decodes.
func (r *result) response(header http.Header, decodes bool) (*response, error) {
	if r.StatusCode == nil {
		return nil, malformed("statusCode is missing")
	}
	if *r.StatusCode < 200 || *r.StatusCode > 599 {
		return nil, malformed("statusCode is not within 200 and 599")
	}
	for name, values := range header {
		if !isToken(name) || slices.ContainsFunc(values, hasControls) {
			return nil, malformed("a header is not valid in HTTP")
		}
	}
	body := []byte(r.Body)
	if decodes && r.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(r.Body); err != nil {
			return nil, errUndecodable
		}
	}
	return &response{*r.StatusCode, header, body}, nil
}

// header is the single-value headers of the result, by their canonical names.
func (r *result) header(defaultType string) http.Header {
	h := http.Header{}
	for name, value := range r.Headers {
		h.Set(name, string(value))
	}
	return withType(h, defaultType)
}

// multiHeader is the same of the multi-value headers.
func (r *result) multiHeader(defaultType string) http.Header {
	h := http.Header{}
	for name, values := range r.MultiValueHeaders {
		for _, v := range values {
			h.Add(name, string(v))
		}
	}
	return withType(h, defaultType)
}

// merged is both in one list; a pair that is in both is there once.
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

// scalar is a header's value, which AWS takes as a number or a boolean too.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		return json.Unmarshal(data, (*string)(s))
	case '{', '[', 'n':
		return errMalformed
	}
	*s = scalar(data)
	return nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errMalformed}, args...)...)
}

// isToken tells whether name may be the name of a header (RFC 9110, section 5.6.2).
func isToken(name string) bool {
	return name != "" && strings.IndexFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	}) < 0
}

func hasControls(value string) bool {
	return strings.IndexFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) >= 0
}
