package lambdahttp

import (
	"bytes"
	"cmp"
	"encoding/json"
)

// event has the members of all front doors' events that are read.
type event struct {
	payload json.RawMessage // the whole event

	version string

	// Payload format 2.0: function URLs and HTTP APIs.
	rawPath, rawQuery string
	cookies           []string

	// Payload format 1.0, REST APIs and load balancers.
	httpMethod, path  string
	parameters        map[string]string
	multiParameters   map[string][]string
	multiValueHeaders map[string][]string

	headers         map[string]string
	text            string // the body
	isBase64Encoded bool

	context requestContext

	// What only other events have.
	kind, methodARN, routeARN string
}

// requestContext is what the front door says about the request.
type requestContext struct {
	stage, path, connectionID string
	accountID, domainName     string
	http                      requestLine

	elb, identity, authorizer json.RawMessage
}

type requestLine struct{ method, path, sourceIP string }

// UnmarshalJSON implements json.Unmarshaler.
func (c *requestContext) UnmarshalJSON(data []byte) error {
	return members{
		{"stage", &c.stage},
		{"path", &c.path},
		{"connectionId", &c.connectionID},
		{"accountId", &c.accountID},
		{"domainName", &c.domainName},
		{"http", &c.http},
		{"elb", &c.elb},
		{"identity", &c.identity},
		{"authorizer", &c.authorizer},
	}.decode(data)
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *requestLine) UnmarshalJSON(data []byte) error {
	return members{{"method", &l.method}, {"path", &l.path}, {"sourceIp", &l.sourceIP}}.decode(data)
}

// EventError is the error for an event that is not an HTTP request of a function
// URL, API Gateway or a load balancer. It holds nothing of the event.
type EventError struct{ Reason string }

func (e *EventError) Error() string {
	return "lambdahttp: the event is not an HTTP request of a function URL, API Gateway or a load balancer: " + e.Reason
}

func parseEvent(payload []byte) (*event, error) {
	e := &event{payload: bytes.Clone(payload)} // lambda.Start uses the bytes again
	if e.decode() != nil {
		return nil, &EventError{Reason: "it does not decode"}
	}
	if reason := e.foreign(); reason != "" {
		return nil, &EventError{Reason: reason}
	}
	return e, nil
}

func (e *event) decode() error {
	return members{
		{"version", &e.version},
		{"rawPath", &e.rawPath},
		{"rawQueryString", &e.rawQuery},
		{"cookies", &e.cookies},
		{"httpMethod", &e.httpMethod},
		{"path", &e.path},
		{"queryStringParameters", &e.parameters},
		{"multiValueQueryStringParameters", &e.multiParameters},
		{"multiValueHeaders", &e.multiValueHeaders},
		{"headers", &e.headers},
		{"body", &e.text},
		{"isBase64Encoded", &e.isBase64Encoded},
		{"requestContext", &e.context},
		{"type", &e.kind},
		{"methodArn", &e.methodARN},
		{"routeArn", &e.routeARN},
	}.decode(e.payload)
}

// foreign returns why the event is not one of ours. It is one if it has what only one
// kind of front door sends: requestContext.http, requestContext.elb or, from an API
// with payload format 1.0, httpMethod and path. Tests may leave out the path, if
// headers or the identity tell the event from a Bedrock agent's. An authorizer's event has the same, and
// a type and the ARN of what to allow; that of a WebSocket has a connection.
func (e *event) foreign() string {
	switch {
	case e.kind != "" || e.methodARN != "" || e.routeARN != "":
		return "it asks an authorizer"
	case e.context.connectionID != "":
		return "it is a WebSocket's"
	case e.isV2():
		return e.unlikeV2()
	case e.httpMethod == "":
		return "it has neither requestContext.http.method nor httpMethod"
	case e.version != "" && e.version != "1.0":
		return "it has httpMethod, but its version is not 1.0"
	case e.path != "" && e.path[0] != '/':
		return "its path does not begin with a slash"
	case e.path == "" && !e.isLoadBalancer() && e.headers == nil && e.multiValueHeaders == nil && e.context.identity == nil:
		return "it has httpMethod, but neither path nor headers"
	}
	return ""
}

func (e *event) unlikeV2() string {
	switch {
	case e.httpMethod != "" || e.isLoadBalancer():
		return "it is of two kinds"
	case e.version != "" && e.version != "2.0":
		return "it has requestContext.http, but its version is not 2.0"
	}
	return ""
}

// sourceIP is the address of the client. Load balancers give none.
func (e *event) sourceIP() string {
	ip := e.context.http.sourceIP
	if !e.isV2() {
		_ = members{{"sourceIp", &ip}}.decode(e.context.identity)
	}
	return ip
}

func (e *event) method() string { return cmp.Or(e.context.http.method, e.httpMethod) }

// isV2 reports whether the event, and so its response, has payload format 2.0.
func (e *event) isV2() bool { return e.context.http.method != "" }

func (e *event) isLoadBalancer() bool { return e.context.elb != nil }
