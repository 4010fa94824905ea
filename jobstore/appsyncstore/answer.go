package appsyncstore

import (
	"encoding/json"
	"net/http"
	"strings"
)

// answer is a GraphQL answer that has data.
type answer struct {
	data    json.RawMessage
	partial *Error // of a field within the object; nil when it is complete
}

// parse reads the answer to r.
func (c *client) parse(r *http.Request, body []byte, resp *http.Response, raw []byte) (answer, error) {
	var got struct {
		Data   json.RawMessage `json:"data"`
		Errors []graphQLError  `json:"errors"`
	}
	err := json.Unmarshal(raw, &got)
	ok := resp.StatusCode == http.StatusOK
	e := &Error{Status: resp.StatusCode}
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Message = "the answer is a redirect, which is not followed: is the endpoint right?"
	case err == nil && len(got.Errors) > 0:
		first := got.Errors[0]
		e.Type, e.Message = safeType(first.Type, r, body), c.words.describe(first)
		e.nested = ok && len(first.Path) > 1
		none := len(got.Data) == 0 || string(got.Data) == "null"
		e.invalid = none && first.Type == "" && first.Path == nil && resp.StatusCode < http.StatusTooManyRequests
	case !ok:
		e.Message = "the answer is not GraphQL"
	case err != nil: // cut, or a proxy's page
		e.Message, e.again = "the answer is not GraphQL: is the endpoint right?", true
	case got.Data == nil:
		e.Message = "the answer is not GraphQL: is the endpoint right?"
	default:
		return answer{data: got.Data}, nil
	}
	if e.nested {
		return answer{data: got.Data, partial: e}, nil
	}
	if e.Type == "" {
		e.Type = safeType(errorType(resp), r, body)
	}
	return answer{}, e
}

// errorType is the type of an HTTP error without GraphQL errors: from the header of AWS
// services, or by its status.
//
// Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
func errorType(resp *http.Response) string {
	if name, _, _ := strings.Cut(resp.Header.Get("X-Amzn-Errortype"), ":"); name != "" {
		return name
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return ""
	case http.StatusTooManyRequests:
		return "TooManyRequestsException" // the retryer's name for a throttle
	}
	return strings.ReplaceAll(http.StatusText(resp.StatusCode), " ", "")
}

// object takes the object at root out of the data, nil for null.
func (a answer) object(root string) (record, error) {
	var fields map[string]record
	err := json.Unmarshal(a.data, &fields)
	if _, there := fields[root]; a.partial == nil && (err != nil || !there) {
		return nil, &Error{Message: "the answer's data has no " + root, Status: http.StatusOK}
	}
	return fields[root], nil
}
