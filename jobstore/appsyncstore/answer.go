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

// parse reads an answer. redact is given the messages of errors.
func parse(resp *http.Response, raw []byte, redact func(string) string) (answer, error) {
	var body struct {
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Type    string `json:"errorType"`
			Message string `json:"message"`
			Path    []any  `json:"path"`
		} `json:"errors"`
	}
	err := json.Unmarshal(raw, &body)
	e := &Error{Status: resp.StatusCode}
	switch {
	case err == nil && len(body.Errors) > 0:
		first := body.Errors[0]
		e.Type, e.Message, e.nested = first.Type, redact(first.Message), len(first.Path) > 1
		e.invalid = first.Type == "" && first.Path == nil && resp.StatusCode < http.StatusTooManyRequests
	case resp.StatusCode != http.StatusOK:
		e.Message = "the answer is not GraphQL"
	case err != nil || body.Data == nil:
		e.Message = "the answer is not GraphQL: is the endpoint right?"
	default:
		return answer{data: body.Data}, nil
	}
	if e.nested {
		return answer{data: body.Data, partial: e}, nil
	}
	if e.Type == "" {
		e.Type = errorType(resp)
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
