package lambdalocal

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// urlEvent is r as the event of a function URL, payload format 2.0. Header names
// are in lower case; the values of a repeated header or query parameter are
// joined by commas; cookies stand apart.
func urlEvent(r *http.Request, body []byte, id, requestID string) []byte {
	now := time.Now().UTC()
	event := events.LambdaFunctionURLRequest{
		Version:               "2.0",
		RawPath:               r.URL.EscapedPath(),
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies(r.Header),
		Headers:               joined(r),
		QueryStringParameters: parameters(r.URL.Query()),
		RequestContext: events.LambdaFunctionURLRequestContext{
			AccountID: "anonymous", RequestID: requestID, APIID: id,
			DomainName: r.Host, DomainPrefix: id,
			Time: now.Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
			HTTP: events.LambdaFunctionURLRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.Path, Protocol: r.Proto,
				SourceIP: sourceIP(r.RemoteAddr), UserAgent: r.UserAgent(),
			},
		},
		Body: string(body),
	}
	if !isText(r.Header.Get("Content-Type")) && len(body) > 0 {
		event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return withRoute(event)
}

// withRoute adds what the events package leaves out: the route and the stage,
// which for a function URL are always $default.
func withRoute(event events.LambdaFunctionURLRequest) []byte {
	type requestContext struct {
		events.LambdaFunctionURLRequestContext
		RouteKey string `json:"routeKey"`
		Stage    string `json:"stage"`
	}
	payload, err := json.Marshal(struct {
		events.LambdaFunctionURLRequest
		RouteKey       string         `json:"routeKey"`
		RequestContext requestContext `json:"requestContext"`
	}{event, "$default", requestContext{event.RequestContext, "$default", "$default"}})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return payload
}

func joined(r *http.Request) map[string]string {
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		if name != "Cookie" {
			headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	return headers
}

func cookies(h http.Header) []string {
	var all []string
	for _, line := range h.Values("Cookie") {
		for _, c := range strings.Split(line, ";") {
			all = append(all, strings.TrimSpace(c))
		}
	}
	return all
}

func parameters(q url.Values) map[string]string {
	if len(q) == 0 {
		return nil
	}
	m := make(map[string]string, len(q))
	for name, values := range q {
		m[name] = strings.Join(values, ",")
	}
	return m
}

// isText tells which bodies reach the function as they are; others come in base64.
func isText(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	switch media {
	case "application/json", "application/xml", "application/javascript":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

func sourceIP(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}
