package httpresult

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
)

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
