package httpevent

import "strings"

// defaultName is the route and the stage of a function URL, and of an HTTP API
// unless it is told otherwise.
const defaultName = "$default"

// FunctionURL returns the event of a function URL. It has no account, since the
// caller is not authenticated. It has the path as it was sent, and cookies twice.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// hotsock/voker@59c7289a vokerhttp/testdata/functionurl-request.json: rawPath
// "/capture/space%20value", headers.cookie "session=abc123; theme=dark".
func FunctionURL(r Request) PayloadV2 {
	e := HTTPAPI(r, Route{Key: defaultName, Stage: defaultName})
	e.RawPath = r.Path
	e.RequestContext.AccountID, e.RequestContext.DomainPrefix = "anonymous", r.APIID
	if len(e.Cookies) > 0 {
		e.Headers["cookie"] = strings.Join(e.Cookies, "; ")
	}
	return e
}

// HTTPAPI returns the event of an HTTP API of API Gateway, with payload format 2.0.
// Names of headers are in lower case. The values of a repeated header or parameter
// are joined by commas. The path is decoded once, in rawPath too.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// and hotsock/voker@59c7289a vokerhttp/testdata/apigwv2-request.json: rawPath and
// requestContext.http.path "/capture/space value".
func HTTPAPI(r Request, route Route) PayloadV2 {
	h := r.forwarded()
	h.Del("Cookie")
	path := r.decodedPath()
	body, isBase64 := r.embedded()
	return PayloadV2{
		Version: "2.0", RouteKey: route.Key, RawPath: path, RawQueryString: r.Query,
		Cookies: cookies(r.Header), Headers: each(h, strings.ToLower, joined), QueryStringParameters: each(r.query(), same, joined),
		PathParameters: route.Parameters, StageVariables: route.StageVariables,
		RequestContext: ContextV2{
			AccountID: r.AccountID, APIID: r.APIID, DomainName: r.Host, DomainPrefix: r.domainPrefix(),
			HTTP:      HTTPV2{r.Method, path, r.Protocol, r.SourceIP, r.userAgent()},
			RequestID: r.ID, RouteKey: route.Key, Stage: route.Stage,
			Time: r.Received.Format(requestTime), TimeEpoch: r.Received.UnixMilli(),
		},
		Body: body, IsBase64Encoded: isBase64,
	}
}

// PayloadV2 is an event of payload format 2.0, which function URLs and HTTP APIs
// share.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
type PayloadV2 struct {
	Version               string            `json:"version"`
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	PathParameters        map[string]string `json:"pathParameters,omitempty"`
	StageVariables        map[string]string `json:"stageVariables,omitempty"`
	RequestContext        ContextV2         `json:"requestContext"`
	Body                  string            `json:"body,omitempty"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"`
}

// ContextV2 is its requestContext.
type ContextV2 struct {
	AccountID    string `json:"accountId"`
	APIID        string `json:"apiId"`
	DomainName   string `json:"domainName"`
	DomainPrefix string `json:"domainPrefix"`
	HTTP         HTTPV2 `json:"http"`
	RequestID    string `json:"requestId"`
	RouteKey     string `json:"routeKey"`
	Stage        string `json:"stage"`
	Time         string `json:"time"`
	TimeEpoch    int64  `json:"timeEpoch"`
}

// HTTPV2 describes the request line.
type HTTPV2 struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}
