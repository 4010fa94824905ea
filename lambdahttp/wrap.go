package lambdahttp

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
)

// Wrap returns a lambda.Handler that serves Lambda's HTTP events with h. It panics
// when h is nil or an option is invalid.
//
// The invocation fails with an [*EventError] when the event is not an HTTP request.
// A panic of h is not recovered: it ends the invocation and the process, and the front door
// answers with an error of its own. Where a process serves several invocations, it ends when
// the others are done, and takes no more meanwhile: recover there, or use [Stream], which does.
// [http.ErrAbortHandler] fails the invocation as an error, so that the process goes on. A
// response that is shorter than its Content-Length fails it too.
func Wrap(h http.Handler, opts ...func(*Options)) lambda.Handler {
	if h == nil {
		panic("lambdahttp: Wrap: h is nil")
	}
	return wrapped{h, newOptions("Wrap", opts)}
}

type wrapped struct {
	handler http.Handler
	options Options
}

// Invoke implements lambda.Handler.
func (w wrapped) Invoke(ctx context.Context, payload []byte) (out []byte, err error) {
	e, err := parseEvent(payload)
	if err != nil {
		return nil, err
	}
	rec := &recorder{head: head{method: e.method(), header: http.Header{}}}
	defer aborted(&err)
	switch r, err := e.request(ctx, w.options); {
	case err != nil:
		refuse(rec)
	case w.options.HealthCheck != nil && e.isHealthCheck(r):
		w.options.HealthCheck.ServeHTTP(rec, r)
	default:
		w.handler.ServeHTTP(rec, r)
	}
	return e.response(rec)
}

// aborted is deferred. It makes an error of a panic with http.ErrAbortHandler.
func aborted(err *error) {
	if value := recover(); value == http.ErrAbortHandler {
		*err = http.ErrAbortHandler
	} else if value != nil {
		panic(value)
	}
}

func (e *event) isHealthCheck(r *http.Request) bool {
	return e.isLoadBalancer() && r.Method == http.MethodGet && strings.HasPrefix(r.UserAgent(), "ELB-HealthChecker/")
}

// refuse answers an event that says that its body is base64 when it is not.
func refuse(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, `{"status":400,"title":"Bad Request"}`)
}
