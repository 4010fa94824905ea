package httpevent

import "github.com/aws/aws-lambda-go/events"

// RESTAPI returns the event of a REST API of API Gateway, with payload format 1.0.
// The body counts as text unless r.Base64 is set.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func RESTAPI(r Request, route Route) events.APIGatewayProxyRequest {
	headers, query := map[string][]string(r.forwarded()), r.query()
	if len(query) == 0 {
		query = nil
	}
	body, isBase64 := r.embed(true)
	return events.APIGatewayProxyRequest{
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
		Body: body, IsBase64Encoded: isBase64,
	}
}
