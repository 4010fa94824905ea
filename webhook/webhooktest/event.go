package webhooktest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
)

// FunctionURL returns the event that a function URL makes of the request
// (events.LambdaFunctionURLRequest).
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
func (r Request) FunctionURL() []byte {
	const id = "abcdefghijklmnopqrstuvwxyz012345"
	return event(httpevent.FunctionURL(r.escaped().at(id+".lambda-url.us-east-1.on.aws", id)))
}

// HTTPAPI returns the event that an HTTP API of API Gateway makes of the request,
// with payload format 2.0 (events.APIGatewayV2HTTPRequest). As the API does, it
// decodes the path and leaves the stage in it.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func (r Request) HTTPAPI() []byte {
	const id, usual = "a1b2c3d4e5", "$default"
	stage := cmp.Or(r.Stage, usual)
	if stage != usual {
		r.Path = "/" + stage + r.Path
	}
	return event(httpevent.HTTPAPI(r.escaped().at(id+".execute-api.us-east-1.amazonaws.com", id), httpevent.Route{Key: usual, Stage: stage}))
}

// RESTAPI returns the event that a REST API of API Gateway makes of the request
// with a Lambda proxy integration, for the resource {proxy+}
// (events.APIGatewayProxyRequest). As the API does, it leaves the path escaped, makes
// slashes before the path one, and drops a trailing slash of the parameter proxy. A body that is not text is encoded in base64: a
// REST API destroys it unless its binaryMediaTypes declare it as binary.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func (r Request) RESTAPI() []byte {
	const id = "f6g7h8i9j0"
	r.Base64 = r.Base64 || !utf8.Valid(r.Body)
	r = r.escaped()
	path := "/" + strings.TrimLeft(r.Path, "/")
	route := httpevent.Route{Key: "/", Path: path, Stage: cmp.Or(r.Stage, "prod")}
	if rest := strings.Trim(path, "/"); rest != "" {
		route.Key, route.Parameters = "/{proxy+}", map[string]string{"proxy": rest}
	}
	r.Path = "/" + route.Stage + r.Path
	return event(httpevent.RESTAPI(r.at(id+".execute-api.us-east-1.amazonaws.com", id), route))
}

// LoadBalancer returns the event that an Application Load Balancer makes of the
// request (events.ALBTargetGroupRequest). It has only the last value of a repeated
// header or parameter.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
func (r Request) LoadBalancer() []byte { return r.target(false) }

// LoadBalancerMultiValue is LoadBalancer with multi-value headers switched on.
func (r Request) LoadBalancerMultiValue() []byte { return r.target(true) }

func (r Request) target(multiValue bool) []byte {
	const group = "arn:aws:elasticloadbalancing:us-east-1:" + accountID + ":targetgroup/hooks/0123456789abcdef"
	return event(httpevent.LoadBalancer(r.escaped().at("hooks-1234567890.us-east-1.elb.amazonaws.com", ""), group, multiValue))
}

// event is the JSON of an event.
func event(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic("webhooktest: " + err.Error()) // strings, numbers and booleans only
	}
	return out
}

// isPath reports whether path is one as it is sent.
func isPath(path string) bool {
	u, err := url.ParseRequestURI(path)
	return err == nil && strings.HasPrefix(path, "/") && u.RawQuery == "" && !strings.ContainsAny(path, "?# ") && u.Host == ""
}

// escaped panics if the path or the query cannot be decoded.
func (r Request) escaped() Request {
	if !isPath(r.Path) {
		panic(fmt.Sprintf("webhooktest: Request.Path is %q, want an escaped path that begins with /", r.Path))
	}
	if _, err := url.ParseQuery(r.Query); err != nil {
		panic("webhooktest: Request.Query is not escaped: " + err.Error())
	}
	return r
}
