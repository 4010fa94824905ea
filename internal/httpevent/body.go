package httpevent

import (
	"encoding/base64"
	"mime"
	"strings"
	"unicode/utf8"
)

// embedded is the body in the events of function URLs, HTTP APIs and load balancers:
// text as it is, anything else in base64. AWS lists the types of text for load
// balancers only; HTTP APIs were seen to use the same.
//
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
func (r Request) embedded() (body string, isBase64Encoded bool) {
	return r.embed(r.isText() && utf8.Valid(r.Body)) // JSON cannot hold other text
}

func (r Request) embed(text bool) (body string, isBase64Encoded bool) {
	if len(r.Body) == 0 || text && !r.Base64 {
		return string(r.Body), false
	}
	return base64.StdEncoding.EncodeToString(r.Body), true
}

func (r Request) isText() bool {
	if r.Header.Get("Content-Encoding") != "" {
		return false
	}
	media := MediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(media, "text/")
}

// MediaType returns the type without its parameters, in lower case.
func MediaType(header string) string {
	media, _, err := mime.ParseMediaType(header)
	if err != nil {
		media, _, _ = strings.Cut(header, ";")
	}
	return strings.ToLower(strings.TrimSpace(media))
}
