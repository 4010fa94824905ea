package lambdalocal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/process"
)

// Lambda's limits in bytes (AWS "gettingstarted-limits", API_Invoke).
const (
	maxRequest  = 6 << 20
	maxResponse = process.MaxResponse
	maxEvent    = 1 << 20
)

// InvokeAPI returns Lambda's Invoke operation as an HTTP handler. Use it with any
// client whose endpoint can be set:
//
//	server := httptest.NewServer(local.InvokeAPI())
//	client := lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.BaseEndpoint = &server.URL })
//
//	aws lambda invoke --endpoint-url http://127.0.0.1:9001 --function-name work --payload fileb://event.json out.json
//
// Credentials and signatures are ignored.
//
//   - RequestResponse, the default, returns 200 with the function's response. If the
//     function fails, the status is 200 too: X-Amz-Function-Error is Unhandled, and
//     the payload has errorMessage and errorType. If the caller disconnects, the
//     function keeps running.
//   - Event queues the payload and returns 202. FunctionOptions says what happens
//     next.
//   - DryRun returns 204 and invokes nothing.
//
// The function is addressed by name, partial ARN or ARN. The qualifier is part of it
// or a parameter; every qualifier exists. Without a payload the event is {}. The
// client context reaches the function with RequestResponse only. LogType, TenantId
// and DurableExecutionName are ignored.
//
// Errors have the SDK's types: ResourceNotFoundException, RequestTooLargeException
// (over 6 MB, or over 1 MB for Event), InvalidRequestContentException (not JSON),
// InvalidParameterValueException, TooManyRequestsException,
// RecursiveInvocationException and, after Close, ServiceException.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func (l *Local) InvokeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", l.serveInvoke)
	return mux
}

func (l *Local) serveInvoke(w http.ResponseWriter, r *http.Request) {
	inv, err := l.addressed(r)
	if err == nil {
		w.Header().Set("X-Amzn-RequestId", inv.requestID)
		err = l.answerInvoke(w, r, inv)
	}
	if err != nil {
		writeAPIError(w, err)
	}
}

// addressed is the invocation that a request asks for.
func (l *Local) addressed(r *http.Request) (*invocation, error) {
	fn, arn, err := l.resolve(r.PathValue("name"), r.URL.Query().Get("Qualifier"))
	if err != nil {
		return nil, err
	}
	inv := newInvocation(fn, arn)
	kind := types.InvocationType(r.Header.Get("X-Amz-Invocation-Type"))
	if inv.payload, err = readPayload(r.Body, kind); err != nil {
		return nil, err
	}
	if inv.client, err = clientContext(r.Header.Get("X-Amz-Client-Context")); err != nil {
		return nil, err
	}
	return inv, nil
}

func (l *Local) answerInvoke(w http.ResponseWriter, r *http.Request, inv *invocation) error {
	follows := inv.follow(r.Header.Get("X-Amzn-Trace-Id"))
	w.Header().Set("X-Amz-Executed-Version", inv.version())
	switch kind := types.InvocationType(r.Header.Get("X-Amz-Invocation-Type")); kind {
	case types.InvocationTypeDryRun:
		w.WriteHeader(http.StatusNoContent)
		return nil
	case types.InvocationTypeEvent:
		return inv.answerEvent(w, follows)
	case types.InvocationTypeRequestResponse, "":
		if !follows {
			return errRecursive(inv.fn)
		}
		return inv.answerSync(w, r)
	default:
		return &apiError{
			http.StatusBadRequest, "InvalidParameterValueException",
			fmt.Sprintf("InvocationType: unknown value %q", kind),
		}
	}
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
	body := result.payload
	if result.err != nil {
		w.Header().Set("X-Amz-Function-Error", unhandled)
		body = result.err.payload()
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
	return nil
}

// loseResponse breaks the connection if the faults say so.
func (i *invocation) loseResponse() {
	faults := i.fn.local.faults
	if faults.strikes(faults.LostResponse, "lost response", i) {
		i.note("fault: the answer to the caller is lost")
		panic(http.ErrAbortHandler)
	}
}

func readPayload(body io.Reader, kind types.InvocationType) ([]byte, error) {
	limit := maxRequest
	if kind == types.InvocationTypeEvent {
		limit = maxEvent
	}
	payload, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	switch {
	case err != nil:
		return nil, invalidContent("Could not read the request body.")
	case len(payload) > limit:
		return nil, &apiError{
			http.StatusRequestEntityTooLarge, "RequestTooLargeException",
			fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", limit),
		}
	case len(payload) == 0:
		return []byte("{}"), nil
	case !json.Valid(payload):
		return nil, invalidContent("Could not parse request body into json.")
	}
	return payload, nil
}

func clientContext(encoded string) ([]byte, error) {
	if encoded == "" {
		return nil, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || json.Unmarshal(decoded, new(lambdacontext.ClientContext)) != nil {
		return nil, invalidContent("Client context must be a valid Base64-encoded JSON object.")
	}
	return decoded, nil
}

// apiError is an error of the Invoke API, from which the SDK makes its typed errors.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func invalidContent(message string) error {
	return &apiError{http.StatusBadRequest, "InvalidRequestContentException", message}
}

func errRecursive(fn *Function) error {
	return &apiError{
		http.StatusBadRequest, "RecursiveInvocationException",
		"Lambda has detected that " + fn.name + " invokes itself in a recursive loop.",
	}
}

func writeAPIError(w http.ResponseWriter, err error) {
	answer := &apiError{http.StatusServiceUnavailable, "ServiceException", "The service is closed."}
	if errors.Is(err, errThrottled) {
		answer = &apiError{http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded."}
		w.Header().Set("Retry-After", "1")
	}
	errors.As(err, &answer)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", answer.code)
	w.WriteHeader(answer.status)
	_ = json.NewEncoder(w).Encode(struct {
		Type    string `json:"Type"`
		Message string `json:"message"`
		Reason  string `json:"Reason,omitempty"`
	}{"User", answer.message, throttleReason(answer)})
}

func throttleReason(e *apiError) string {
	if e.status == http.StatusTooManyRequests {
		return string(types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded)
	}
	return ""
}
