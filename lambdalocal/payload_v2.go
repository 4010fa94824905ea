package lambdalocal

import (
	"net/http"
	"strings"
)

// payloadV2 is an event of payload format 2.0, which function URLs and HTTP APIs
// share.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
type payloadV2 struct {
	Version               string            `json:"version"`
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	PathParameters        map[string]string `json:"pathParameters,omitempty"`
	StageVariables        map[string]string `json:"stageVariables,omitempty"`
	RequestContext        contextV2         `json:"requestContext"`
	Body                  string            `json:"body,omitempty"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"`
}

type contextV2 struct {
	AccountID    string `json:"accountId"`
	APIID        string `json:"apiId"`
	DomainName   string `json:"domainName"`
	DomainPrefix string `json:"domainPrefix"`
	HTTP         httpV2 `json:"http"`
	RequestID    string `json:"requestId"`
	RouteKey     string `json:"routeKey"`
	Stage        string `json:"stage"`
	Time         string `json:"time"`
	TimeEpoch    int64  `json:"timeEpoch"`
}

type httpV2 struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// newPayloadV2 is the event of a request to the route and stage $default.
func newPayloadV2(r *http.Request, body []byte, inv *invocation) payloadV2 {
	received := now()
	event := payloadV2{
		Version: "2.0", RouteKey: defaultRoute,
		RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery,
		Cookies: cookies(r.Header), Headers: headersV2(r, inv), QueryStringParameters: queryV2(r),
		RequestContext: contextV2{
			AccountID: inv.fn.local.options.AccountID, APIID: inv.fn.name,
			DomainName: r.Host, DomainPrefix: domainPrefix(r),
			HTTP:      httpV2{r.Method, r.URL.Path, r.Proto, sourceIP(r), r.UserAgent()},
			RequestID: inv.requestID, RouteKey: defaultRoute, Stage: defaultStage,
			Time: received.Format(requestTime), TimeEpoch: received.UnixMilli(),
		},
	}
	event.Body, event.IsBase64Encoded = embed(body, isText(r))
	return event
}

// headersV2 has names in lower case and the values of a repeated one joined by
// commas; cookies stand apart.
func headersV2(r *http.Request, inv *invocation) map[string]string {
	h := forwarded(r, inv)
	h.Del("Cookie")
	return each(h, strings.ToLower, joined)
}

// queryV2 has the parameters decoded, and the values of a repeated one joined by
// commas.
func queryV2(r *http.Request) map[string]string {
	return each(r.URL.Query(), same, joined)
}

func joined(values []string) string { return strings.Join(values, ",") }

func cookies(h http.Header) []string {
	var all []string
	for _, line := range h.Values("Cookie") {
		for c := range strings.SplitSeq(line, ";") {
			if c = strings.TrimSpace(c); c != "" {
				all = append(all, c)
			}
		}
	}
	return all
}
