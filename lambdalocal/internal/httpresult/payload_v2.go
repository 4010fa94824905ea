package httpresult

import (
	"encoding/json"
	"net/http"
)

// FunctionURL reads the result of a function URL's function, which has payload format
// 2.0. Its statusCode may be text.
//
// Source: localstack/localstack@8b9a79f0 tests/aws/services/lambda_/test_lambda.py,
// test_lambda_url_headers_and_status: "418".
func FunctionURL(payload []byte) (*Response, error) {
	if !json.Valid(payload) {
		return nil, malformed("it is not JSON; a streaming response needs a function URL with the InvokeMode RESPONSE_STREAM")
	}
	f := everything
	f.textStatus = true
	return f.v2(payload, typeJSON)
}

// HTTPAPI reads the result of an HTTP API's function, with payload format 2.0. A
// statusCode that is not an integer is an error. A result that is not JSON is the body of a
// 200.
//
// Source: aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Extensions/InvokeResponseExtensionsTests.cs, with
// the snapshots "Invalid_JSON_Partial_Object" and "StatusCodeAsFloat".
func HTTPAPI(payload []byte) (*Response, error) {
	if len(payload) == 0 {
		return nil, malformed("it is empty")
	}
	return everything.v2(payload, typeText)
}

// v2 reads a result of payload format 2.0. defaultType is the Content-Type of a
// response without one.
//
// A result without statusCode is the body of a 200 of type application/json, a JSON
// string without its quotes.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response;
// localstack/localstack@8b9a79f0 tests/aws/services/lambda_/test_lambda.snapshot.json,
// test_lambda_url_invocation: a function URL sends "hello" as hello, though
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
// shows the quotes.
func (f format) v2(payload []byte, defaultType string) (*Response, error) {
	if !hasStatus(payload) {
		return inferred(payload), nil
	}
	r, err := f.read(payload)
	if err != nil {
		return nil, err
	}
	return r.response(r.headerV2(defaultType), true)
}

const (
	typeJSON = "application/json"
	typeText = "text/plain;charset=UTF-8"
)

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
