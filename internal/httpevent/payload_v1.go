package httpevent

import "strings"

// HTTPV1 is the event of an HTTP API with payload format 1.0: that of a REST API with a
// version.
type HTTPV1 struct {
	Version string `json:"version"`
	REST
}

// HTTPAPIV1 returns the event of an HTTP API of API Gateway, with payload format 1.0.
// The path is as it was sent, with the stage, and decoded in requestContext. Path
// parameters are decoded.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// and aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Snapshots/V1_SpecialCharactersInPathHttpV1.json and
// BinaryContentHttpV1.json.
func HTTPAPIV1(r Request, route Route) HTTPV1 {
	key := route.Key
	if _, path, ok := strings.Cut(key, " "); ok {
		route.Key = path
	}
	route.Path = r.Path
	e := HTTPV1{Version: "1.0", REST: RESTAPI(r, route)}
	e.RequestContext.Path, e.RequestContext.ResourceID = r.decodedPath(), key
	headers := map[string][]string(r.forwarded())
	e.MultiValueHeaders, e.Headers = headers, each(headers, same, last)
	if len(r.Body) > 0 {
		body, isBase64 := r.embedded()
		e.Body, e.IsBase64Encoded = &body, isBase64
	}
	return e
}
