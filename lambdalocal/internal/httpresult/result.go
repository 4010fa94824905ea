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
	MultiValueHeaders map[string]scalars
	Cookies           []string
	Body              string
	IsBase64Encoded   bool
}

// fields are where the members are read to.
func (r *result) fields() map[string]any {
	return map[string]any{
		"statusCode": &r.StatusCode, "statusDescription": &r.StatusDescription,
		"headers": &r.Headers, "multiValueHeaders": &r.MultiValueHeaders, "cookies": &r.Cookies,
		"body": &r.Body, "isBase64Encoded": &r.IsBase64Encoded,
	}
}

// format is what a front takes of the object.
type format struct {
	members    []string // that are read
	closed     bool     // there may be no others
	nulls      []string // members that may be null
	textStatus bool     // statusCode may be text, such as "200"
}

// everything takes what any front takes.
var everything = format{members: all, nulls: all}

var all = []string{"statusCode", "statusDescription", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded"}

func readResult(payload []byte) (*result, error) { return everything.read(payload) }

// read decodes by hand, since AWS's member names are case-sensitive and
// encoding/json's are not. Its error contains no value.
func (f format) read(payload []byte) (*result, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(payload, &values); err != nil || values == nil {
		return nil, malformed("it is not a JSON object")
	}
	r := new(result)
	fields := r.fields()
	for name, value := range values {
		switch known := slices.Contains(f.members, name); {
		case !known && f.closed:
			return nil, malformed("it has a member that no response has")
		case known && !f.decode(name, value, fields[name]):
			return nil, malformed("%s has the wrong type", name)
		}
	}
	return r, nil
}

func (f format) decode(name string, value json.RawMessage, to any) bool {
	if string(value) == "null" {
		return slices.Contains(f.nulls, name)
	}
	if name == "statusCode" && f.textStatus && len(value) == len(`"200"`) && value[0] == '"' {
		value = value[1:4]
	}
	return json.Unmarshal(value, to) == nil
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
