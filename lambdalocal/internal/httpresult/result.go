package httpresult

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
)

// result is the JSON object that a function returned. Each format uses some of the
// fields.
type result struct {
	StatusCode        *int
	StatusDescription string
	Headers           map[string]scalar
	MultiValueHeaders map[string][]scalar
	Cookies           []string
	Body              string
	IsBase64Encoded   bool
}

// readResult decodes by hand, since AWS's field names are case-sensitive and
// encoding/json's are not. Its error contains no value.
func readResult(payload []byte) (*result, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil || fields == nil {
		return nil, malformed("it is not a JSON object")
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

// response is the response with this header. A body in base64 is decoded if decodes
// is set.
func (r *result) response(header http.Header, decodes bool) (*Response, error) {
	if r.StatusCode == nil {
		return nil, malformed("statusCode is missing")
	}
	if *r.StatusCode < 200 || *r.StatusCode > 599 {
		return nil, malformed("statusCode is not within 200 and 599")
	}
	for name, values := range header {
		if !IsToken(name) || slices.ContainsFunc(values, hasControls) {
			return nil, malformed("a header is not valid in HTTP")
		}
	}
	body := []byte(r.Body)
	if decodes && r.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(r.Body); err != nil {
			return nil, ErrUndecodable
		}
	}
	return &Response{*r.StatusCode, header, body}, nil
}
