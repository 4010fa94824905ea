package httpresult

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
)

// ReadRESTHead is ReadHead for a REST API, which needs a prelude whatever the type.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
func ReadRESTHead(_ string, body *bufio.Reader) (*Response, error) {
	prelude, err := readPrelude(body)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return parseRESTPrelude(prelude)
}

// restMembers are those that a prelude may have.
var restMembers = []string{"headers", "multiValueHeaders", "cookies", "statusCode"}

func parseRESTPrelude(prelude []byte) (*Response, error) {
	object, ended := bytes.CutSuffix(prelude, preludeEnd)
	if !ended {
		return nil, malformed("no prelude ends within %d bytes", maxPrelude)
	}
	r, err := readResult(object)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(object, &members) // readResult has
	for name := range members {
		if !slices.Contains(restMembers, name) {
			return nil, malformed("the prelude has members other than %q", restMembers)
		}
	}
	if r.StatusCode == nil {
		status := http.StatusOK
		r.StatusCode = &status
	}
	h := r.merged(typeJSON)
	for _, c := range r.Cookies {
		h.Add("Set-Cookie", c)
	}
	return r.response(h, false)
}
