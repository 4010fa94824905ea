package lambdalocal

import (
	"net/http"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

// maxHTTPAPITimeout is the longest timeout of an integration, and the default.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const maxHTTPAPITimeout = 30 * time.Second

// HTTPAPIOptions configures Function.HTTPAPI.
type HTTPAPIOptions struct {
	// RouteKey is the only route: $default, which matches everything, or a method
	// or ANY, and a path, such as "GET /pets/{id}" or "ANY /{proxy+}". Other requests
	// get 404. The default is $default.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
	RouteKey string

	// Stage is the stage that precedes the path, or $default, the default. The event's
	// rawPath contains it; routes are matched without it. The event has the
	// StageVariables.
	Stage          string
	StageVariables map[string]string

	// PayloadFormatVersion is "2.0", the default, or "1.0".
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
	PayloadFormatVersion string

	// Timeout is the integration's timeout: 50 ms to 30 s, by default 30 s.
	Timeout time.Duration
}

// HTTPAPI returns an HTTP API of API Gateway in front of the function, with one route.
// Events are an events.APIGatewayV2HTTPRequest. With payload format 1.0 they are an
// events.APIGatewayProxyRequest, with the stage in the path and a version.
//
// With payload format 2.0 a result without statusCode is the body of a 200, as with
// Function.URL, even if it is not JSON. With 1.0 it is a 500. A response without
// Content-Type is text/plain.
//
// The API itself answers
//
//   - 404 if the request does not match the route,
//   - 413 if the body is over 10 MB or the event over 6 MB,
//   - 500 if the function fails, is throttled, or returns anything but a response,
//   - 503 after the integration's timeout, while the function keeps running, and
//     after Close.
//
// AWS documents the quotas and the 500 of a throttled function. The rest is what
// clients have reported. HTTPAPI panics if an option is invalid.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// and https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
func (f *Function) HTTPAPI(opts ...func(*HTTPAPIOptions)) http.Handler {
	options := HTTPAPIOptions{RouteKey: defaultRoute, Stage: defaultStage, PayloadFormatVersion: "2.0", Timeout: maxHTTPAPITimeout}
	option.Apply("lambdalocal: HTTPAPI", &options, opts)
	options.check()
	return &front{
		fn: f, timeout: options.Timeout, maxBody: maxAPIBody, maxResponse: maxResponse, requestID: "Apigw-Requestid",
		accept: options.accept, parse: options.parse, refusals: httpAPIRefusals, page: apiPage,
	}
}

var httpAPIRefusals = map[error]refusal{
	errUnreadable:             {http.StatusBadRequest, "Bad Request"},
	errNoRoute:                {http.StatusNotFound, "Not Found"},
	errTooLarge:               {http.StatusRequestEntityTooLarge, "Request Entity Too Large"},
	errThrottled:              {http.StatusInternalServerError, "Internal Server Error"},
	errFailed:                 {http.StatusInternalServerError, "Internal Server Error"},
	httpresult.ErrMalformed:   {http.StatusInternalServerError, "Internal Server Error"},
	httpresult.ErrUndecodable: {http.StatusInternalServerError, "Internal Server Error"},
	errOverdue:                {http.StatusServiceUnavailable, "Service Unavailable"},
	ErrClosed:                 {http.StatusServiceUnavailable, "Service Unavailable"},
}

func (o HTTPAPIOptions) accept(r *http.Request, body []byte, inv *invocation) (any, error) {
	parameters, ok := o.route(r)
	if !ok {
		return nil, errNoRoute
	}
	route := httpevent.Route{Key: o.RouteKey, Parameters: parameters, Stage: o.Stage, StageVariables: o.StageVariables}
	if o.PayloadFormatVersion == "1.0" {
		return httpevent.HTTPAPIV1(inv.request(r, body), route), nil
	}
	return httpevent.HTTPAPI(inv.request(r, body), route), nil
}

func (o HTTPAPIOptions) route(r *http.Request) (parameters map[string]string, ok bool) {
	if o.RouteKey == defaultRoute {
		return nil, true
	}
	method, pattern, _ := strings.Cut(o.RouteKey, " ")
	parameters, ok = matchPath(pattern, withoutStage(r.URL.EscapedPath(), o.Stage))
	for name, value := range parameters {
		parameters[name] = unescaped(value)
	}
	return parameters, ok && (method == "ANY" || method == r.Method)
}

func (o HTTPAPIOptions) parse(_ *http.Request, payload []byte) (*httpresult.Response, error) {
	if o.PayloadFormatVersion == "1.0" {
		return httpresult.HTTPAPIV1(payload)
	}
	return httpresult.HTTPAPI(payload)
}

func (o HTTPAPIOptions) check() {
	if o.RouteKey != defaultRoute {
		method, pattern, ok := strings.Cut(o.RouteKey, " ")
		refuse(!ok || !httpresult.IsToken(method), "HTTPAPI: HTTPAPIOptions.RouteKey is %q, want $default, or a method and a path", o.RouteKey)
		checkPattern("HTTPAPI: HTTPAPIOptions.RouteKey", pattern)
	}
	if o.Stage != defaultStage {
		checkStage("HTTPAPI: HTTPAPIOptions", o.Stage)
	}
	version := o.PayloadFormatVersion
	refuse(version != "1.0" && version != "2.0", `HTTPAPI: HTTPAPIOptions.PayloadFormatVersion is %q, want "2.0" or "1.0"`, version)
	checkTimeout("HTTPAPI: HTTPAPIOptions", o.Timeout, maxHTTPAPITimeout)
}
