package httpevent

import (
	"github.com/aws/aws-lambda-go/events"
)

// REST is an events.APIGatewayProxyRequest that has isBase64Encoded even if it is
// false, and null for a body that is empty, as REST APIs do.
type REST struct {
	events.APIGatewayProxyRequest
	Body            *string `json:"body"`
	IsBase64Encoded bool    `json:"isBase64Encoded"`
}

// notForwarded are the headers that a REST API keeps to itself.
//
// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_integrations.snapshot.json, the headers of "no-param-integration".
var notForwarded = []string{
	"Connection", "Content-Length", "Content-Md5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "Te", "Transfer-Encoding", "Trailer",
	"Upgrade", "Www-Authenticate",
}

// RESTAPI returns the event of a REST API of API Gateway, with payload format 1.0.
// The body counts as text unless r.Base64 is set.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func RESTAPI(r Request, route Route) REST {
	header := r.forwarded()
	for _, name := range notForwarded {
		header.Del(name)
	}
	query := r.query()
	if len(query) == 0 {
		query = nil
	}
	headers := map[string][]string(header)
	e := REST{APIGatewayProxyRequest: events.APIGatewayProxyRequest{
		Resource: route.Key, Path: route.Path, HTTPMethod: r.Method,
		Headers: each(headers, same, last), MultiValueHeaders: headers,
		QueryStringParameters: each(query, same, last), MultiValueQueryStringParameters: query,
		PathParameters: route.Parameters, StageVariables: route.StageVariables,
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: r.AccountID, APIID: r.APIID, Stage: route.Stage,
			ResourceID: "k1l2m3", ResourcePath: route.Key, Path: r.Path, HTTPMethod: r.Method,
			DomainName: r.Host, DomainPrefix: r.domainPrefix(), Protocol: r.Protocol,
			RequestID: r.ID, ExtendedRequestID: r.ID,
			RequestTime: r.Received.Format(requestTime), RequestTimeEpoch: r.Received.UnixMilli(),
			Identity: events.APIGatewayRequestIdentity{SourceIP: r.SourceIP, UserAgent: r.userAgent()},
		},
	}}
	if len(r.Body) > 0 {
		body, isBase64 := r.embed(true)
		e.Body, e.IsBase64Encoded = &body, isBase64
	}
	return e
}
