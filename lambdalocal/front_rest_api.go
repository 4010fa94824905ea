package lambdalocal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

const (
	// restAPITimeout is the default of the integration's timeout. AWS raises it on
	// request for Regional and private APIs.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
	restAPITimeout    = 29 * time.Second
	maxRESTAPITimeout = 15 * time.Minute
)

// proxyResource matches every path but the root.
const proxyResource = "/{proxy+}"

// RESTAPIOptions configures Function.RESTAPI.
type RESTAPIOptions struct {
	// Resource is the only resource, with the method ANY. The default is /{proxy+},
	// which includes the resource /, since APIs of one function usually have both.
	// Other requests get 403.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-set-up-simple-proxy.html
	Resource string

	// Stage is the stage's name, by default "prod". If a request's path begins with
	// it, the request is to the API's own address: the event's path is without the
	// stage, its requestContext.path is with it. Otherwise the request is to a custom
	// domain name, and both paths are the same. The event has the StageVariables.
	Stage          string
	StageVariables map[string]string

	// BinaryMediaTypes are types such as image/png, image/* or */*. The event has the
	// body in base64 if the request's Content-Type is among them. Other bodies are
	// UTF-8 text, which corrupts binary ones. A response's base64 is decoded if the
	// first type in the request's Accept is, literally, among them. Otherwise it is
	// sent as it is. By default there are none.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
	BinaryMediaTypes []string

	// ResponseTransferMode is BUFFERED, the default, or STREAM.
	ResponseTransferMode ResponseTransferMode

	// Timeout is the integration's timeout: 50 ms to 15 minutes, by default 29 s. With
	// STREAM the whole response must end within it.
	Timeout time.Duration
}

// RESTAPI returns a REST API of API Gateway in front of the function. It is a Lambda
// proxy integration with payload format 1.0 (events.APIGatewayProxyRequest).
//
// The event's path and path parameters are escaped, as the client sent them. Slashes
// before the resource are one, and a trailing slash is in the path and not in a
// parameter. Header names are in Go's canonical form, since Go does not keep the
// client's. Content-Length and hop-by-hop headers are left out.
//
// The API itself answers
//
//   - 403 if the request does not match the resource,
//   - 413 if the body is over 10 MB or the event over 6 MB,
//   - 500 if the function is throttled, or if the base64 it returns does not decode,
//   - 502 if the function fails or returns anything but an object with a statusCode or
//     headers, and no members but those of a response,
//   - 504 after the integration's timeout, while the function keeps running,
//   - 503 after Close.
//
// With ResponseTransferMode STREAM the response is sent while the function writes it, as
// events.APIGatewayProxyStreamingResponse and lambdahttp.Stream do. It begins with
// status, headers and cookies, whatever its content type. Any other response is answered
// with 500. The connection breaks if the function fails, times out or pauses for five
// minutes after the response has begun. With BUFFERED, a response that was meant to be
// streamed loses its body, which is logged.
//
// RESTAPI panics if an option is invalid.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
// and https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
func (f *Function) RESTAPI(opts ...func(*RESTAPIOptions)) http.Handler {
	options := RESTAPIOptions{Resource: proxyResource, Stage: "prod", Timeout: restAPITimeout, ResponseTransferMode: ResponseTransferModeBuffered}
	option.Apply("lambdalocal: RESTAPI", &options, opts)
	options.check()
	api := &front{
		fn: f, timeout: options.Timeout, maxBody: maxAPIBody, maxResponse: maxResponse, requestID: "X-Amzn-Requestid",
		accept: options.accept, parse: options.parse, refusals: restAPIRefusals, page: apiPage,
	}
	if options.ResponseTransferMode == ResponseTransferModeStream {
		api.streaming()
	} else {
		api.losing(httpresult.RESTHead, "RESTAPIOptions.ResponseTransferMode STREAM")
	}
	return api
}

var restAPIRefusals = map[error]refusal{
	errUnreadable:             {http.StatusBadRequest, "Bad Request"},
	errNoRoute:                {http.StatusForbidden, "Missing Authentication Token"},
	errTooLarge:               {http.StatusRequestEntityTooLarge, "Request Too Long"},
	errThrottled:              {http.StatusInternalServerError, "Internal server error"},
	httpresult.ErrUndecodable: {http.StatusInternalServerError, "Internal server error"},
	errFailed:                 {http.StatusBadGateway, "Internal server error"},
	httpresult.ErrMalformed:   {http.StatusBadGateway, "Internal server error"},
	errOverdue:                {http.StatusGatewayTimeout, "Endpoint request timed out"},
	ErrClosed:                 {http.StatusServiceUnavailable, "Service Unavailable"},
}

func (o RESTAPIOptions) accept(r *http.Request, body []byte, inv *invocation) (any, error) {
	request := inv.request(r, body)
	path := o.path(&request)
	resource, parameters, ok := o.resource(path)
	if !ok {
		return nil, errNoRoute
	}
	request.Base64 = o.isBinary(r.Header.Get("Content-Type"))
	return httpevent.RESTAPI(request, httpevent.Route{
		Key: resource, Path: path, Parameters: parameters, Stage: o.Stage, StageVariables: o.StageVariables,
	}), nil
}

// path is the path without the stage. Slashes before the stage are one in both paths
// of the event, those after it only in this one.
//
// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_lambda.snapshot.json, test_lambda_aws_proxy_integration:
// "//stage/proxy-value" and "/stage//proxy-value" have the path "/proxy-value", and in
// requestContext "/stage/proxy-value" and "/stage//proxy-value".
func (o RESTAPIOptions) path(r *httpevent.Request) string {
	full := "/" + strings.TrimLeft(r.Path, "/")
	path := withoutStage(full, o.Stage)
	if path != full {
		r.Path = full
	}
	return "/" + strings.TrimLeft(path, "/")
}

// resource matches the path as if it had no trailing slash.
//
// Source: as for path. "/stage/proxy-value/" has the path "/proxy-value/", and proxy
// is "proxy-value".
func (o RESTAPIOptions) resource(path string) (resource string, parameters map[string]string, ok bool) {
	path = "/" + strings.Trim(path, "/")
	if o.Resource == proxyResource && path == rootResource {
		return rootResource, nil, true
	}
	parameters, ok = matchPath(o.Resource, path)
	return o.Resource, parameters, ok
}

func (o RESTAPIOptions) parse(r *http.Request, payload []byte) (*httpresult.Response, error) {
	accepted, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	return httpresult.RESTAPI(payload, slices.ContainsFunc(o.BinaryMediaTypes, func(t string) bool { return covers(t, accepted) }))
}

func (o RESTAPIOptions) isBinary(contentType string) bool {
	media := httpevent.MediaType(contentType)
	return slices.ContainsFunc(o.BinaryMediaTypes, func(t string) bool { return covers(strings.ToLower(t), media) })
}

// covers reports whether media is the same text as a binary media type, or of its kind
// if that ends with a wildcard. No other wildcard has a meaning, here or in media.
//
// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_lambda.py, test_aws_proxy_binary_response: with image/png and */test,
// the Accept image/png is binary, but image/*, */*, */test and a/test are not; with
// application/*, application/a and application/* are, application is not.
func covers(binary, media string) bool {
	kind, _, ok := strings.Cut(media, "/")
	switch {
	case binary == "*/*":
		return true
	case !ok || strings.HasPrefix(binary, "*/"):
		return false
	}
	return binary == media || binary == kind+"/*"
}

func (o RESTAPIOptions) check() {
	checkPattern("RESTAPI: RESTAPIOptions.Resource", o.Resource)
	checkStage("RESTAPI: RESTAPIOptions", o.Stage)
	for _, t := range o.BinaryMediaTypes {
		kind, sub, ok := strings.Cut(t, "/")
		refuse(!ok || !httpresult.IsToken(kind) || !httpresult.IsToken(sub), "RESTAPI: RESTAPIOptions.BinaryMediaTypes has %q, want a media type", t)
	}
	o.ResponseTransferMode.check()
	checkTimeout("RESTAPI: RESTAPIOptions", o.Timeout, maxRESTAPITimeout)
}
