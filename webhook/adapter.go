package webhook

import (
	"context"
	"net/http"
)

// Adapter is a lambda.Handler around an [http.Handler]. Make one with [Adapt].
type Adapter struct{ handler http.Handler }

// Adapt makes a lambda.Handler of an [http.Handler], so that one function can
// serve several providers:
//
//	mux := http.NewServeMux()
//	mux.Handle("/slack", slack.Handle(onMention))
//	mux.Handle("/github", github.Handle(onPush))
//	lambda.Start(webhook.Adapt(mux))
//
// It takes the events of function URLs, of API Gateway's REST APIs and HTTP APIs
// (payloads 1.0 and 2.0) and of load balancers, with multi-value headers or
// without, and answers each in its own form. Paths come without the stage, and
// bodies as they were sent, without base64. Any other event is an error, as
// nobody waits for a status. The whole response is kept before it is sent:
// nothing is streamed.
//
// Some is lost on the way. HTTP APIs decode the path (/a%2Fb comes as /a/b).
// Payload 2.0 and load balancers join or drop the values of repeated headers, in
// requests and responses. A REST API takes bodies for text, and sends the base64
// of what is none, unless its binaryMediaTypes say otherwise. A load balancer
// without multi-value headers takes one Set-Cookie: the first is sent.
//
// A panic of the handler is the function's, which its caller is told by the front
// door's own error; a [Handler] answers 500.
//
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html,
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
func Adapt(h http.Handler) *Adapter {
	if h == nil {
		panic("webhook: Adapt: the handler is nil")
	}
	return &Adapter{handler: h}
}

// Invoke implements lambda.Handler.
func (a *Adapter) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	e, err := parseEvent(payload)
	if err != nil {
		return nil, err
	}
	w := &recorder{header: http.Header{}}
	if r, err := e.request(ctx); err != nil {
		refuse(w, http.StatusBadRequest)
	} else {
		a.handler.ServeHTTP(w, r)
	}
	return e.answer(w)
}
