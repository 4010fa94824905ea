package lambdalocal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

const (
	// restAPITimeout is the default of the integration's time-out. It can be raised
	// on request for Regional and private APIs; here to what a function may take.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
	restAPITimeout    = 29 * time.Second
	maxRESTAPITimeout = 15 * time.Minute
)

// proxyResource takes every path but the root.
const proxyResource = "/{proxy+}"

// RESTAPIOptions configures Function.RESTAPI.
type RESTAPIOptions struct {
	// Resource is the only resource, with the method ANY. The default, /{proxy+},
	// brings the resource / with it, as APIs of one function usually have both. A
	// request to another resource is answered 403.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-set-up-simple-proxy.html
	Resource string

	// Stage is the stage's name, "prod" by default. A path that begins with it is
	// taken for one at the API's own address: the event's path is without it, its
	// requestContext.path with it. Any other path is taken for one at a custom
	// domain name, and both are the same. StageVariables go with the stage.
	Stage          string
	StageVariables map[string]string

	// BinaryMediaTypes are types such as image/png, image/* or */*. The body of a
	// request whose Content-Type is among them comes in base64; all others come as
	// UTF-8 text, which destroys what is no text. A response's base64 is decoded
	// when the first type that the request accepts is among them; otherwise it is
	// sent as it is. The default is none.
	//
	// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
	BinaryMediaTypes []string

	// Timeout is the integration's time-out, from 50 ms to 15 min; 29 s by default.
	Timeout time.Duration
}

// RESTAPI returns a REST API of API Gateway in front of the function, as a Lambda
// proxy integration with the events.APIGatewayProxyRequest of payload format 1.0.
//
// The event's path is as the client sent it, its path parameters are decoded. Names
// of headers are in Go's canonical form, since Go does not keep the client's.
//
// Refusals: 403 outside the resource, 413 for a body over 10 MB or an event over
// 6 MB, 500 for an event that is throttled and for a body that is not the base64 it
// claims to be, 502 when the function fails or returns anything but an object with
// a statusCode, 504 when the integration's time-out is over, while the function
// runs on, and 503 after Close. RESTAPI panics when an option is invalid.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
// and https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
func (f *Function) RESTAPI(opts ...func(*RESTAPIOptions)) http.Handler {
	options := RESTAPIOptions{Resource: proxyResource, Stage: "prod", Timeout: restAPITimeout}
	apply("RESTAPI", &options, opts)
	options.check()
	a := &front{
		fn: f, timeout: options.Timeout, maxBody: maxAPIBody, maxResponse: maxResponse, requestID: "X-Amzn-Requestid",
		accept: options.accept, parse: options.parse, refusals: restAPIRefusals, page: apiPage,
	}
	a.answer = a.buffered
	return a
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

func (o RESTAPIOptions) accept(r *http.Request, body []byte, inv *invocation) ([]byte, error) {
	path := withoutStage(r.URL.EscapedPath(), o.Stage)
	resource, parameters, ok := o.resource(path)
	if !ok {
		return nil, errNoRoute
	}
	request := inv.request(r, body)
	request.Base64 = o.isBinary(r.Header.Get("Content-Type"))
	return marshal(httpevent.RESTAPI(request, httpevent.Route{
		Key: resource, Path: path, Parameters: parameters, Stage: o.Stage, StageVariables: o.StageVariables,
	})), nil
}

func (o RESTAPIOptions) resource(path string) (resource string, parameters map[string]string, ok bool) {
	if o.Resource == proxyResource && path == rootResource {
		return rootResource, nil, true
	}
	parameters, ok = matchPath(o.Resource, path)
	return o.Resource, parameters, ok
}

func (o RESTAPIOptions) parse(r *http.Request, payload []byte) (*httpresult.Response, error) {
	accepted, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	return httpresult.RESTAPI(payload, o.isBinary(accepted))
}

func (o RESTAPIOptions) isBinary(header string) bool {
	media := httpevent.MediaType(header)
	kind, _, _ := strings.Cut(media, "/")
	return slices.ContainsFunc(o.BinaryMediaTypes, func(t string) bool {
		t = strings.ToLower(t)
		return t == "*/*" || t == media || t == kind+"/*"
	})
}

func (o RESTAPIOptions) check() {
	checkPattern("RESTAPI: RESTAPIOptions.Resource", o.Resource)
	checkStage("RESTAPI: RESTAPIOptions", o.Stage)
	for _, t := range o.BinaryMediaTypes {
		kind, sub, ok := strings.Cut(t, "/")
		refuse(!ok || !httpresult.IsToken(kind) || !httpresult.IsToken(sub), "RESTAPI: RESTAPIOptions.BinaryMediaTypes has %q, want a media type", t)
	}
	checkTimeout("RESTAPI: RESTAPIOptions", o.Timeout, maxRESTAPITimeout)
}
