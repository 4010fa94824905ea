package lambdalocal

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
	"github.com/asyncpatterns/asyncpatterns/internal/option"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

// maxTarget is the limit for a request's body and for what the function returns.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
const maxTarget = 1 << 20

// LoadBalancerOptions configures Function.LoadBalancer.
type LoadBalancerOptions struct {
	// MultiValueHeaders is the target group's lambda.multi_value_headers.enabled. With
	// it, headers and parameters are arrays in the event and in the response, in
	// fields of other names. Without it, the event has the last value of a repeated
	// header or parameter, and multiValueHeaders in the response are ignored.
	MultiValueHeaders bool
}

// LoadBalancer returns an Application Load Balancer whose target is the function
// (events.ALBTargetGroupRequest). It has no timeout but the function's.
//
// Query parameters are not decoded. The event has a body in base64 if it has a
// Content-Encoding, or a type other than text/*, application/json,
// application/javascript and application/xml. In the response only statusCode is
// required, although AWS says that isBase64Encoded, statusDescription and headers are
// too. None of them may be null, and the values of headers are text. A
// statusDescription must be the status code, a space and the reason; Go sends its own
// reason. A response without Content-Type is application/octet-stream; AWS
// documents no default.
//
// A request with the User-Agent ELB-HealthChecker/2.0 becomes a health check: an event
// without other headers. On AWS only the load balancer's own requests do.
//
// The load balancer itself answers
//
//   - 400 to an upgrade of the connection,
//   - 405 to TRACE,
//   - 413 if the body is over 1 MB,
//   - 502 if the function fails, times out, is throttled (which AWS does not document),
//     or returns anything but a response of at most 1 MB,
//   - 503 after Close.
//
// LoadBalancer panics if an option is nil.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
// and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (f *Function) LoadBalancer(opts ...func(*LoadBalancerOptions)) http.Handler {
	var options LoadBalancerOptions
	option.Apply("lambdalocal: LoadBalancer", &options, opts)
	return &front{
		fn: f, maxBody: maxTarget, maxResponse: maxTarget,
		accept: options.accept, parse: options.parse, refusals: loadBalancerRefusals, page: loadBalancerPage,
	}
}

var loadBalancerRefusals = map[error]refusal{
	errUnreadable:             {http.StatusBadRequest, "Bad Request"},
	errUpgrade:                {http.StatusBadRequest, "Bad Request"},
	errMethod:                 {http.StatusMethodNotAllowed, "Not Allowed"},
	errTooLarge:               {http.StatusRequestEntityTooLarge, "Request Entity Too Large"},
	errThrottled:              {http.StatusBadGateway, "Bad Gateway"},
	errFailed:                 {http.StatusBadGateway, "Bad Gateway"},
	httpresult.ErrMalformed:   {http.StatusBadGateway, "Bad Gateway"},
	httpresult.ErrUndecodable: {http.StatusBadGateway, "Bad Gateway"},
	ErrClosed:                 {http.StatusServiceUnavailable, "Service Temporarily Unavailable"},
}

func loadBalancerPage(r refusal) (contentType, body string) {
	title := strconv.Itoa(r.status) + " " + r.message
	return "text/html", "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>"
}

func (o LoadBalancerOptions) accept(r *http.Request, body []byte, inv *invocation) (any, error) {
	switch {
	case r.Header.Get("Upgrade") != "":
		return nil, errUpgrade
	case r.Method == http.MethodTrace:
		return nil, errMethod
	}
	return httpevent.LoadBalancer(inv.request(r, body), inv.fn.targetGroup(), o.MultiValueHeaders), nil
}

func (f *Function) targetGroup() string {
	return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:targetgroup/%s/0123456789abcdef",
		f.local.options.Region, f.local.options.AccountID, f.name)
}

func (o LoadBalancerOptions) parse(_ *http.Request, payload []byte) (*httpresult.Response, error) {
	return httpresult.LoadBalancer(payload, o.MultiValueHeaders)
}
