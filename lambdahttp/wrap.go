package lambdahttp

import (
	"context"
	"io"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"
)

// Wrap returns a lambda.Handler that serves Lambda's HTTP events with h. It panics
// when h is nil.
//
//	mux := http.NewServeMux()
//	mux.Handle("/slack", slack.Handle(onMention))
//	mux.Handle("/github", github.Handle(onPush))
//	lambda.Start(lambdahttp.Wrap(mux))
//
// An event that is not an HTTP request fails the invocation with an [*EventError].
// A panic of h is the invocation's: the caller gets the front door's own error.
func Wrap(h http.Handler) lambda.Handler {
	if h == nil {
		panic("lambdahttp: Wrap: the handler is nil")
	}
	return wrapped{h}
}

type wrapped struct{ http.Handler }

// Invoke implements lambda.Handler.
func (h wrapped) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	e, err := parseEvent(payload)
	if err != nil {
		return nil, err
	}
	w := &recorder{header: http.Header{}}
	if r, err := e.request(ctx); err != nil {
		refuse(w)
	} else {
		h.ServeHTTP(w, r)
	}
	return e.response(w)
}

// refuse answers an event whose body is not base64, although it says so.
func refuse(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, `{"status":400,"title":"Bad Request"}`)
}
