package httpresult

var httpV1 = format{
	members: []string{"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"},
	nulls:   []string{"headers", "multiValueHeaders", "body"},
}

// HTTPAPIV1 reads the result of an HTTP API's function, with payload format 1.0. The
// values of headers precede those of multiValueHeaders.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// and aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Snapshots/V1_CombinesSingleAndMultiValueHeadersHttpV1.json.
func HTTPAPIV1(payload []byte) (*Response, error) {
	r, err := httpV1.read(payload)
	if err != nil {
		return nil, err
	}
	h := r.header("")
	for name, values := range r.multiHeader("") {
		h[name] = append(h[name], values...)
	}
	return r.response(withType(h, typeText), true)
}
