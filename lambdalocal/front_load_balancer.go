package lambdalocal

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

// maxTarget is the limit of a request's body, and of what the function returns.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
const maxTarget = 1 << 20

// LoadBalancerOptions configures Function.LoadBalancer.
type LoadBalancerOptions struct {
	// MultiValueHeaders is the target group's lambda.multi_value_headers.enabled:
	// headers and parameters are arrays, in the event and in the response, in
	// fields of other names. Without it, of a repeated header or parameter only the
	// last value is left, and a response's multiValueHeaders are not looked at.
	MultiValueHeaders bool
}

// LoadBalancer returns an Application Load Balancer whose target is the function
// (events.ALBTargetGroupRequest). It waits for the function as long as that may
// take.
//
// Query parameters are not decoded. A body with a Content-Encoding, or of a type
// other than text/*, application/json, application/javascript and application/xml,
// comes in base64. In the response only statusCode is required, although AWS says
// that isBase64Encoded, statusDescription and headers are too; a statusDescription
// must be the status code, a space and the reason. Go sends its own reason. A
// response without Content-Type is application/octet-stream; AWS documents no
// default.
//
// Refusals: 400 for an upgrade of the connection, 405 for TRACE, 413 for a body over
// 1 MB, 502 when the function fails, times out or returns no response or one over
// 1 MB. An event that is throttled gives 502 too, which AWS does not document, and
// after Close there is a 503.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
// and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (f *Function) LoadBalancer(opts ...func(*LoadBalancerOptions)) http.Handler {
	var options LoadBalancerOptions
	apply("LoadBalancer", &options, opts)
	b := &front{
		fn: f, maxBody: maxTarget, maxResponse: maxTarget,
		accept: options.accept, parse: options.parse, refusals: loadBalancerRefusals, page: loadBalancerPage,
	}
	b.answer = b.buffered
	return b
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

func (o LoadBalancerOptions) accept(r *http.Request, body []byte, inv *invocation) ([]byte, error) {
	switch {
	case r.Header.Get("Upgrade") != "":
		return nil, errUpgrade
	case r.Method == http.MethodTrace:
		return nil, errMethod
	}
	request := inv.request(r, body)
	return marshal(httpevent.LoadBalancer(request, inv.fn.targetGroup(), o.MultiValueHeaders)), nil
}

func (f *Function) targetGroup() string {
	return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:targetgroup/%s/0123456789abcdef",
		f.local.options.Region, f.local.options.AccountID, f.name)
}

func (o LoadBalancerOptions) parse(_ *http.Request, payload []byte) (*httpresult.Response, error) {
	return httpresult.LoadBalancer(payload, o.MultiValueHeaders)
}
