package lambdalocal

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
	"github.com/asyncpatterns/asyncpatterns/internal/option"
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

// URL returns the function's URL as a handler. Events have payload format 2.0
// (events.LambdaFunctionURLRequest). There is no timeout but the function's. AuthType
// is NONE, and the function handles CORS.
//
// With InvokeMode BUFFERED, a result without statusCode is the body of a 200. A
// response that was meant to be streamed, such as that of lambdahttp.Stream, loses its
// body, which is logged.
//
// With RESPONSE_STREAM the response is sent while the function writes it, up to
// 200 MB. A response of the type application/vnd.awslambda.http-integration-response
// begins with status, headers and cookies. Any other is the body of a 200, even if it
// has a statusCode. If the caller disconnects, the function keeps running. If the
// function fails or times out after the response has begun, the connection breaks:
// the handler panics with http.ErrAbortHandler. AWS hides that from the client, and a
// failure before the response too, see docs/fidelity.md.
//
// The URL itself answers
//
//   - 400 if the request's body ends early,
//   - 413 if the event is over 6 MB,
//   - 429 if the function is throttled,
//   - 502 if the function fails or returns anything but a response,
//   - 503 after Close.
//
// URL panics if an option is invalid.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
func (f *Function) URL(opts ...func(*URLOptions)) http.Handler {
	options := URLOptions{InvokeMode: types.InvokeModeBuffered}
	option.Apply("lambdalocal: URL", &options, opts)
	mode := options.InvokeMode
	refuse(mode != types.InvokeModeBuffered && mode != types.InvokeModeResponseStream,
		"URL: URLOptions.InvokeMode is %q, want %s or %s", mode, types.InvokeModeBuffered, types.InvokeModeResponseStream)
	url := &front{
		fn: f, maxBody: maxRequest, maxResponse: maxResponse, requestID: "X-Amzn-Requestid",
		accept: acceptURL, parse: parseURL, refusals: urlRefusals, page: urlPage,
	}
	if mode == types.InvokeModeResponseStream {
		url.readHead = httpresult.ReadHead
	} else {
		url.losing(httpresult.URLHead, "URLOptions.InvokeMode RESPONSE_STREAM")
	}
	return url
}

// urlRefusals are ours, except for the 429, which AWS documents.
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

func acceptURL(r *http.Request, body []byte, inv *invocation) (any, error) {
	return httpevent.FunctionURL(inv.request(r, body)), nil
}

func parseURL(_ *http.Request, payload []byte) (*httpresult.Response, error) {
	return httpresult.FunctionURL(payload)
}
