package httpevent

import (
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// Target is an events.ALBTargetGroupRequest that keeps empty maps, as load balancers do.
// It has either the single-value or the multi-value fields.
type Target struct {
	RequestContext                  events.ALBTargetGroupRequestContext `json:"requestContext"`
	HTTPMethod                      string                              `json:"httpMethod"`
	Path                            string                              `json:"path"`
	QueryStringParameters           map[string]string                   `json:"queryStringParameters,omitzero"`
	MultiValueQueryStringParameters map[string][]string                 `json:"multiValueQueryStringParameters,omitzero"`
	Headers                         map[string]string                   `json:"headers,omitzero"`
	MultiValueHeaders               map[string][]string                 `json:"multiValueHeaders,omitzero"`
	Body                            string                              `json:"body"`
	IsBase64Encoded                 bool                                `json:"isBase64Encoded"`
}

// healthChecker is the User-Agent of a load balancer's health checks, which have no
// other header.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#enable-health-checks-lambda
const healthChecker = "ELB-HealthChecker/2.0"

// LoadBalancer returns the event of an Application Load Balancer, with or without
// multi-value headers. Parameters are not decoded. A request with the User-Agent of a
// health check becomes one.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
func LoadBalancer(r Request, targetGroupARN string, multiValue bool) Target {
	body, isBase64 := r.embedded()
	e := Target{HTTPMethod: r.Method, Path: r.Path, Body: body, IsBase64Encoded: isBase64}
	e.RequestContext.ELB.TargetGroupArn = targetGroupARN
	headers, query := r.forwarded(), r.rawQuery()
	if r.userAgent() == healthChecker {
		headers = http.Header{"User-Agent": {healthChecker}}
	}
	if multiValue {
		e.MultiValueHeaders, e.MultiValueQueryStringParameters = each(headers, strings.ToLower, same), query
	} else {
		e.Headers, e.QueryStringParameters = each(headers, strings.ToLower, last), each(query, same, last)
	}
	return e
}
