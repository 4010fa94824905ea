package httpresult

import (
	"encoding/json"
	"net/http"
)

// V2 reads a result of payload format 2.0. defaultType is the Content-Type of a
// response without one.
//
// A result without statusCode is the body of a 200 of type application/json. AWS's
// pages disagree about a JSON string: the page of HTTP APIs shows it without quotes,
// that of function URLs with them. Here both send it without.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
// and https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
func V2(payload []byte, defaultType string) (*Response, error) {
	if !json.Valid(payload) {
		return nil, malformed("it is not JSON; a streaming response needs a function URL with the InvokeMode RESPONSE_STREAM")
	}
	if !hasStatus(payload) {
		return inferred(payload), nil
	}
	r, err := readResult(payload)
	if err != nil {
		return nil, err
	}
	return r.response(r.headerV2(defaultType), true)
}

const typeJSON = "application/json"

// hasStatus is true even for a statusCode of the wrong type, which is a mistake and
// not a body.
func hasStatus(payload []byte) bool {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(payload, &fields)
	return len(fields["statusCode"]) > 0 && string(fields["statusCode"]) != "null"
}

func inferred(payload []byte) *Response {
	var text *string
	if json.Unmarshal(payload, &text) == nil && text != nil {
		payload = []byte(*text)
	}
	return &Response{http.StatusOK, http.Header{"Content-Type": {typeJSON}}, payload}
}
