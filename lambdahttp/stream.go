package lambdahttp

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/asyncpatterns/asyncpatterns/internal/streaming"
)

// Stream is [Wrap] with responses that are sent while h writes them. It is for
// function URLs with the InvokeMode RESPONSE_STREAM and for REST APIs with the response
// transfer mode STREAM. HTTP APIs and load balancers cannot stream: they get the
// response that Wrap returns. Stream panics when h is nil or an option is invalid.
//
// The status and the headers are sent with the first call of WriteHeader, Write or
// Flush. Without a Content-Type they wait for as much of the body as its detection
// takes, 512 bytes, or for Flush. After that each Write is sent at once, so use a
// [bufio.Writer] for many small ones. Of [http.ResponseController], Flush and
// EnableFullDuplex work.
//
// The request's context ends with the invocation, when h returns, and when
// reading of the response ends. Writes then return an error.
//
// A panic of h breaks the response off with a [*PanicError], and the invocation counts
// as failed. If nothing was sent before, the status is 500. A response that is shorter
// than its Content-Length breaks off too. A panic is logged to [slog.Default] with its
// stack, unless its value is [http.ErrAbortHandler]. A function URL was recorded to end a
// response that breaks off as if it was complete, so let the body show where it ends.
//
// lambda.Start streams from the handler that Stream returns, and selfinvoke.Wrap around
// it does too. A middleware that calls its Invoke gets the whole response, with the
// head at its beginning. lambda.StartWithOptions ignores its options for this handler,
// as for every handler that lambda.NewHandler has made.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
// and https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
func Stream(h http.Handler, opts ...func(*Options)) lambda.Handler {
	if h == nil {
		panic("lambdahttp: Stream: h is nil")
	}
	return lambda.NewHandler(wrapped{h, newOptions("Stream", opts)}.stream)
}

// stream is the func of a handler that streams. Its response is one that aws-lambda-go
// reads.
func (w wrapped) stream(ctx context.Context, payload json.RawMessage) (io.Reader, error) {
	e, err := parseEvent(payload)
	if err != nil {
		return nil, err
	}
	if !e.streams() {
		out, err := w.Invoke(ctx, payload)
		return streaming.Buffered("application/json", out), err
	}
	r, err := e.request(ctx, w.options)
	if err != nil {
		r = new(http.Request).WithContext(ctx)
		w.handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refuse(w) })
	}
	return e.streamed(open(w.handler, r)), nil
}

// streams reports whether the event's front door takes a stream. Function URLs and
// HTTP APIs send the same events, but an HTTP API has the account of its owner and a
// domain name of its own.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
func (e *event) streams() bool {
	if !e.isV2() {
		return e.version == "" && !e.isLoadBalancer()
	}
	domain := e.context.domainName
	return domain == "" || e.context.accountID == "anonymous" || strings.Contains(domain, ".lambda-url.")
}

// streamed returns the response in the form that the event's front door takes.
func (e *event) streamed(r *streamResponse) io.Reader {
	dropNone(r.header)
	if !e.isV2() {
		return &events.APIGatewayProxyStreamingResponse{StatusCode: r.status, MultiValueHeaders: r.header, Body: r}
	}
	cookies := r.header.Values("Set-Cookie")
	r.header.Del("Set-Cookie")
	return &events.LambdaFunctionURLStreamingResponse{StatusCode: r.status, Headers: joined(r.header), Cookies: cookies, Body: r}
}
