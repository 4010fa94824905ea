package webhooktest

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// RESTAPI returns the event that a REST API of API Gateway makes of the request
// with a Lambda proxy integration, for the resource {proxy+}
// (events.APIGatewayProxyRequest). A body that is no text comes in base64: a REST
// API destroys it unless its binaryMediaTypes say that it is none.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func (r Request) RESTAPI() []byte {
	const id = "f6g7h8i9j0"
	const host = id + ".execute-api.us-east-1.amazonaws.com"
	h, query := r.forwarded(host), http.Header(r.query())
	resource, parameters := "/", map[string]string(nil)
	if rest := strings.TrimPrefix(r.Path, "/"); rest != "" {
		resource, parameters = "/{proxy+}", map[string]string{"proxy": rest}
	}
	now, stage := time.Now().UTC(), cmp.Or(r.Stage, "prod")
	e := events.APIGatewayProxyRequest{
		Resource: resource, Path: r.Path, HTTPMethod: r.Method, PathParameters: parameters,
		Headers: each(h, same, last), MultiValueHeaders: h,
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: accountID, APIID: id, Stage: stage, ResourceID: "k1l2m3", ResourcePath: resource,
			Path: "/" + stage + r.Path, HTTPMethod: r.Method, DomainName: host, DomainPrefix: id, Protocol: "HTTP/1.1",
			RequestID: requestID, ExtendedRequestID: requestID, RequestTime: now.Format(requestTime), RequestTimeEpoch: now.UnixMilli(),
			Identity: events.APIGatewayRequestIdentity{SourceIP: sourceIP, UserAgent: h.Get("User-Agent")},
		},
	}
	if len(query) > 0 {
		e.QueryStringParameters, e.MultiValueQueryStringParameters = each(query, same, last), query
	}
	e.Body, e.IsBase64Encoded = r.embed(true)
	return marshal(e)
}
