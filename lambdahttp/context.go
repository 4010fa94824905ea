package lambdahttp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

type eventKey struct{}

// eventContext is the context of an event's request.
type eventContext struct {
	context.Context
	event *event
}

// Value implements context.Context. With a server in the context, handlers know that
// they may break the response off with http.ErrAbortHandler. Without one,
// httputil.ReverseProxy would pass an incomplete response on as if it was complete.
func (c eventContext) Value(key any) any {
	switch key {
	case eventKey{}:
		return c.event
	case http.ServerContextKey:
		return server
	}
	return c.Context.Value(key)
}

// server only has to be there: an http.Server would add its code to each program.
var server = struct{}{}

func eventOf(ctx context.Context) *event {
	e, _ := ctx.Value(eventKey{}).(*event)
	return e
}

// Event returns the Lambda event of a request, given the request's context. It is nil
// if the request did not come from an event, as under net/http. Don't change it.
//
// The front door writes the event's requestContext. A caller cannot forge it, except for
// what it repeats of the request: path, domain name, user agent. Everything else is
// what the caller sent; of X-Forwarded-For only the last address is the front door's.
// Principals that may invoke the function itself can forge the whole event.
func Event(ctx context.Context) json.RawMessage {
	if e := eventOf(ctx); e != nil {
		return e.payload
	}
	return nil
}

// EventFrom decodes the [Event] of a request into a T, such as
// events.APIGatewayV2HTTPRequest.
func EventFrom[T any](ctx context.Context) (T, error) {
	var v T
	payload := Event(ctx)
	if payload == nil {
		return v, fmt.Errorf("lambdahttp: EventFrom: the context is not that of a Lambda event's request")
	}
	if json.Unmarshal(payload, &v) != nil { // its error may quote the event
		return v, fmt.Errorf("lambdahttp: EventFrom: the event does not decode into %T", v)
	}
	return v, nil
}
