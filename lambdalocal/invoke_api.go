package lambdalocal

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/internal/loopback"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/invokeapi"
)

// InvokeAPI returns Lambda's operations Invoke and InvokeWithResponseStream as an HTTP
// handler. Use it with any client whose endpoint can be set:
//
//	server := httptest.NewServer(local.InvokeAPI())
//	client := lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.BaseEndpoint = &server.URL })
//
//	aws lambda invoke --endpoint-url http://127.0.0.1:9001 --function-name work --payload fileb://event.json out.json
//
// Credentials and signatures are ignored. So that no web page can invoke functions, the
// handler refuses requests with a header Origin or Sec-Fetch-Site, which browsers send,
// and requests whose Host is not loopback. To serve another host, such as that of a
// container, set the Host of the request in a handler before this one.
//
// Invoke has three invocation types:
//
//   - RequestResponse, the default, returns 200 with the function's response. If the
//     function fails, the status is 200 too: X-Amz-Function-Error is Unhandled, and
//     the payload is the runtime's error document, with errorMessage and errorType. If
//     the caller disconnects, the function keeps running.
//   - Event queues the payload and returns 202. FunctionOptions says what happens
//     next.
//   - DryRun returns 204 and invokes nothing.
//
// InvokeWithResponseStream sends the response while the function writes it, and the
// response of another function in one chunk. If the function fails before it has
// responded, its error document is the chunk. The last event, InvokeComplete, has an
// ErrorCode if the function failed. As in Lambda, the invocation type is ignored.
//
// The function is addressed by name, partial ARN or ARN. The qualifier is part of it
// or a parameter; every qualifier exists. Without a payload the event is {}. The
// client context reaches the function with RequestResponse only. With LogType Tail the
// response has the last 4 KB of the log: Lambda's own lines, and what the process of an
// [Executable] has written. TenantId and DurableExecutionName are ignored.
//
// Every response has an X-Amzn-RequestId. Errors have the SDK's types:
// ResourceNotFoundException, RequestTooLargeException (over 6 MB, or over 1 MB for
// Event), InvalidRequestContentException (not JSON), InvalidParameterValueException,
// ValidationException, TooManyRequestsException, RecursiveInvocationException and,
// after Close, ServiceException. Any other operation is an UnknownOperationException.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and
// https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
func (l *Local) InvokeAPI() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := refusePage(r); err != nil {
			w.Header().Set("X-Amzn-Requestid", newUUID())
			err.Write(w)
			return
		}
		l.serveAPI(w, r)
	})
}

// refusePage is the error of a request that a web page may have sent.
func refusePage(r *http.Request) *invokeapi.Error {
	e := &invokeapi.Error{Status: http.StatusForbidden, Code: "AccessDeniedException"}
	if header := loopback.PageHeader(r); header != "" {
		e.Message = "lambdalocal: the Invoke API is not for web pages: the request has the header " + header
		return e
	}
	if !loopback.IsHost(r.Host) {
		e.Message = fmt.Sprintf("lambdalocal: the Invoke API is for programs of this machine: the host %q is not loopback", r.Host)
		return e
	}
	return nil
}

func (l *Local) serveAPI(w http.ResponseWriter, r *http.Request) {
	inv := newInvocation(nil, "")
	w.Header().Set("X-Amzn-Requestid", inv.requestID)
	if err := l.answer(w, r, inv); err != nil {
		writeAPIError(w, err)
	}
}

func (l *Local) answer(w http.ResponseWriter, r *http.Request, inv *invocation) error {
	function, operation := operation(r)
	if operation == nil {
		return &invokeapi.Error{
			Status: http.StatusNotFound, Code: "UnknownOperationException",
			Message: "lambdalocal has Invoke and InvokeWithResponseStream, but not " + r.Method + " " + r.URL.EscapedPath(),
		}
	}
	if err := l.read(r, function, inv); err != nil {
		return err
	}
	return operation(inv, w, r)
}

// operation finds the operation, nil if there is none, and the name of its function. A
// slash may follow the path.
func operation(r *http.Request) (function string, answer func(*invocation, http.ResponseWriter, *http.Request) error) {
	path := strings.Split(strings.TrimSuffix(r.URL.EscapedPath(), "/"), "/")
	if len(path) != 5 || path[0] != "" || path[2] != "functions" || path[3] == "" || r.Method != http.MethodPost {
		return "", nil
	}
	function, err := url.PathUnescape(path[3])
	switch {
	case err != nil:
		return "", nil
	case path[1] == "2015-03-31" && path[4] == "invocations":
		return function, (*invocation).answerInvoke
	case path[1] == "2021-11-15" && path[4] == "response-streaming-invocations":
		return function, (*invocation).answerStream
	}
	return "", nil
}

func (i *invocation) answerInvoke(w http.ResponseWriter, r *http.Request) error {
	kind := types.InvocationType(r.Header.Get("X-Amz-Invocation-Type"))
	err := invokeapi.CheckEnum("invocationType", kind, types.InvocationTypeEvent, types.InvocationTypeRequestResponse, types.InvocationTypeDryRun)
	if err != nil {
		return err
	}
	switch follows := i.follow(r.Header.Get("X-Amzn-Trace-Id")); {
	case kind == types.InvocationTypeDryRun:
		w.WriteHeader(http.StatusNoContent)
		return nil
	case kind == types.InvocationTypeEvent:
		return i.answerEvent(w, follows)
	case !follows:
		return errRecursive(i.fn)
	}
	return i.answerSync(w, r)
}

// answerEvent accepts an event even if its chain is too long. Such an event is
// discarded without an attempt, and its sender is not told.
func (i *invocation) answerEvent(w http.ResponseWriter, follows bool) error {
	i.client = nil
	err := i.enqueue(follows)
	if err == nil {
		i.loseResponse()
		w.WriteHeader(http.StatusAccepted)
	}
	return err
}

func (i *invocation) answerSync(w http.ResponseWriter, r *http.Request) error {
	i.note("invoked")
	result, err := i.wait(r.Context())
	if err != nil {
		return err
	}
	i.loseResponse()
	i.describe(w)
	body := result.payload
	if result.err != nil {
		w.Header().Set("X-Amz-Function-Error", unhandled)
		body = result.err.payload()
	}
	if i.tail {
		w.Header().Set("X-Amz-Log-Result", logResult(result.log))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
	return nil
}

// describe sets the headers of a function's response.
//
// Source: radkawar/stackd 9dc356f5, testdata/aws/lambda/streaming.json
func (i *invocation) describe(w http.ResponseWriter) {
	w.Header().Set("X-Amz-Executed-Version", i.version())
	w.Header().Set("X-Amzn-Trace-Id", i.trace)
}

// loseResponse breaks the connection if the faults say so.
func (i *invocation) loseResponse() {
	faults := i.fn.local.faults
	if faults.strikes(faults.LostResponse, "lost response", i) {
		i.note("fault: the answer to the caller is lost")
		panic(http.ErrAbortHandler)
	}
}

func errRecursive(fn *Function) error {
	return &invokeapi.Error{
		Status: http.StatusBadRequest, Code: "RecursiveInvocationException",
		Message: "Lambda has detected that " + fn.name + " invokes itself in a recursive loop.",
	}
}

func writeAPIError(w http.ResponseWriter, err error) {
	answer := &invokeapi.Error{Status: http.StatusInternalServerError, Code: "ServiceException", Message: "The service is closed."}
	if errors.Is(err, errThrottled) {
		answer = &invokeapi.Error{
			Status: http.StatusTooManyRequests, Code: "TooManyRequestsException", Message: "Rate Exceeded.",
			Reason: string(types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded),
		}
		w.Header().Set("Retry-After", "1")
	}
	errors.As(err, &answer)
	answer.Write(w)
}
