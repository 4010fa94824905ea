package lambdalocal

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

const contentJSON = "application/json"

// URLOptions configures Function.URL.
type URLOptions struct {
	// InvokeMode is types.InvokeModeBuffered, the default, or
	// types.InvokeModeResponseStream.
	//
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/config-rs-invoke-furls.html
	InvokeMode types.InvokeMode
}

// URL returns the function's URL as a handler. It makes an event of payload
// format 2.0 of each request, and a response of what the function returns; there
// is no time limit but the function's own. AuthType is NONE, and CORS is left to
// the function.
//
// With InvokeMode BUFFERED, a result without statusCode is the body of a 200. A
// streaming response, as lambdaurl.Wrap returns it, is not understood: AWS says
// of these types that they need RESPONSE_STREAM, and does not say what happens
// without.
//
// With RESPONSE_STREAM the response is sent on as it comes, up to 200 MB. A
// response of the content type application/vnd.awslambda.http-integration-response
// begins with its status, headers and cookies; anything else is the body of a 200,
// even if it has a statusCode. When the caller goes away, the function runs on.
// When the function fails or times out after the response has begun, the
// connection is broken: the handler panics with http.ErrAbortHandler.
//
// Refusals: 413 for an event over 6 MB, 429 for one that is throttled, 502 when
// the function fails or returns no response, 503 after Close. A request that
// breaks off gets 400. URL panics when an option is invalid.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
func (f *Function) URL(opts ...func(*URLOptions)) http.Handler {
	options := URLOptions{InvokeMode: types.InvokeModeBuffered}
	apply("URL", &options, opts)
	mode := options.InvokeMode
	refuse(mode != types.InvokeModeBuffered && mode != types.InvokeModeResponseStream,
		"URL: URLOptions.InvokeMode is %q, want %s or %s", mode, types.InvokeModeBuffered, types.InvokeModeResponseStream)
	u := &front{
		fn: f, maxBody: maxRequest, maxResponse: maxResponse, requestID: "X-Amzn-Requestid",
		accept: acceptURL, parse: parseURL, refusals: urlRefusals, page: urlPage,
	}
	if u.answer = u.buffered; mode == types.InvokeModeResponseStream {
		u.answer = u.streamed
	}
	return u
}

// urlRefusals: AWS documents the 429.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-throttling
var urlRefusals = map[error]refusal{
	errUnreadable:             {http.StatusBadRequest, "Bad Request"},
	errTooLarge:               {http.StatusRequestEntityTooLarge, "Request Entity Too Large"},
	errThrottled:              {http.StatusTooManyRequests, "Too Many Requests"},
	errFailed:                 {http.StatusBadGateway, "Internal Server Error"},
	httpresult.ErrMalformed:   {http.StatusBadGateway, "Internal Server Error"},
	httpresult.ErrUndecodable: {http.StatusBadGateway, "Internal Server Error"},
	ErrClosed:                 {http.StatusServiceUnavailable, "Service Unavailable"},
}

func urlPage(r refusal) (contentType, body string) {
	return contentJSON, `{"Message":"` + r.message + `"}`
}

func acceptURL(r *http.Request, body []byte, inv *invocation) ([]byte, error) {
	return marshal(httpevent.FunctionURL(inv.request(r, body))), nil
}

func parseURL(_ *http.Request, payload []byte) (*httpresult.Response, error) {
	return httpresult.V2(payload, contentJSON)
}
