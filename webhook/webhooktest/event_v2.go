package webhooktest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// requestTime is the form of a request's time in events.
const requestTime = "02/Jan/2006:15:04:05 -0700"

// FunctionURL returns the event that a function URL makes of the request
// (events.LambdaFunctionURLRequest).
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
func (r Request) FunctionURL() []byte {
	const id = "abcdefghijklmnopqrstuvwxyz012345"
	e, request := r.v2(id + ".lambda-url.us-east-1.on.aws")
	request["accountId"], request["apiId"], request["domainPrefix"] = "anonymous", id, id
	return e.event()
}

// HTTPAPI returns the event that an HTTP API of API Gateway makes of the request,
// with payload format 2.0 (events.APIGatewayV2HTTPRequest). As the API does, it
// decodes the path and leaves the stage in it.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func (r Request) HTTPAPI() []byte {
	const id = "a1b2c3d4e5"
	e, request := r.v2(id + ".execute-api.us-east-1.amazonaws.com")
	request["accountId"], request["apiId"], request["domainPrefix"] = accountID, id, id
	path := r.path()
	if r.Stage != "" && r.Stage != "$default" {
		request["stage"], path = r.Stage, "/"+r.Stage+path
	}
	e["rawPath"] = path
	request["http"].(object)["path"] = path
	return e.event()
}

// v2 returns an event of payload format 2.0, and its requestContext.
func (r Request) v2(host string) (event, request object) {
	now := time.Now().UTC()
	h := r.forwarded(host)
	cookies := h.Values("Cookie")
	h.Del("Cookie")
	request = object{
		"domainName": host, "requestId": requestID, "routeKey": "$default", "stage": "$default",
		"time": now.Format(requestTime), "timeEpoch": now.UnixMilli(),
		"http": object{
			"method": r.Method, "path": r.path(), "protocol": "HTTP/1.1", "sourceIp": sourceIP, "userAgent": h.Get("User-Agent"),
		},
	}
	body, isBase64 := r.embedded()
	event = object{
		"version": "2.0", "routeKey": "$default", "rawPath": r.Path, "rawQueryString": r.Query,
		"headers": each(h, strings.ToLower, joined), "requestContext": request, "isBase64Encoded": isBase64,
	}
	event.add("body", body, body != "")
	event.add("cookies", split(cookies), len(cookies) > 0)
	query := r.query()
	event.add("queryStringParameters", each(http.Header(query), same, joined), len(query) > 0)
	return event, request
}

// add adds a field that stands only in some events.
func (o object) add(name string, value any, there bool) {
	if there {
		o[name] = value
	}
}

func split(cookies []string) []string {
	var all []string
	for _, line := range cookies {
		for cookie := range strings.SplitSeq(line, ";") {
			all = append(all, strings.TrimSpace(cookie))
		}
	}
	return all
}

// path returns the path decoded.
func (r Request) path() string {
	path, err := url.PathUnescape(r.Path)
	if err != nil {
		panic("webhooktest: Request.Path is not escaped: " + err.Error())
	}
	return path
}

// query returns the query decoded.
func (r Request) query() url.Values {
	query, err := url.ParseQuery(r.Query)
	if err != nil {
		panic("webhooktest: Request.Query is not escaped: " + err.Error())
	}
	return query
}
