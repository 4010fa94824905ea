package httpresult

import "net/http"

var restAPI = format{
	members: []string{"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}, closed: true,
	nulls: []string{"headers", "multiValueHeaders", "body"}, textStatus: true,
}

// RESTAPI reads the result of a REST API's proxy integration. A body in base64 is
// decoded if decodes is set. A result with headers and no statusCode is a 200.
//
// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_lambda.py, test_aws_proxy_response_payload_format_validation, and
// its snapshot.
func RESTAPI(payload []byte, decodes bool) (*Response, error) {
	r, err := restAPI.read(payload)
	if err != nil {
		return nil, err
	}
	if r.StatusCode == nil && (r.Headers != nil || r.MultiValueHeaders != nil) {
		status := http.StatusOK
		r.StatusCode = &status
	}
	return r.response(r.merged(typeJSON), decodes)
}
