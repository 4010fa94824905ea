package lambdahttp

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// recorder is an [http.ResponseWriter] that buffers the response.
type recorder struct {
	head
	body bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	checkStatus(status)
	w.writeHeader(status)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	if err := w.take(len(p)); err != nil {
		return 0, err
	}
	return w.body.Write(p)
}

// detectType sets the Content-Type as net/http does when the handler has not.
func (w *recorder) detectType() {
	if !hasType(w.sent) && w.body.Len() > 0 {
		w.sent.Set("Content-Type", http.DetectContentType(w.body.Bytes()))
	}
}

// hasType reports whether the type is not to be detected. That of an encoded body would
// be the type of the encoding.
func hasType(h http.Header) bool {
	_, named := h["Content-Type"]
	return named || h.Get("Content-Encoding") != ""
}

// content returns the body as it stands in the response to an event.
func (w *recorder) content() (body string, isBase64 bool) {
	if utf8.Valid(w.body.Bytes()) {
		return w.body.String(), false
	}
	return base64.StdEncoding.EncodeToString(w.body.Bytes()), true
}

// response returns the response in the form that the event's front door takes.
func (e *event) response(w *recorder) ([]byte, error) {
	w.writeHeader(http.StatusOK)
	if w.isShort() {
		return nil, errShort
	}
	w.detectType()
	dropNone(w.sent)
	body, isBase64 := w.content()
	switch {
	case e.isV2():
		cookies := w.sent.Values("Set-Cookie")
		w.sent.Del("Set-Cookie")
		return json.Marshal(events.LambdaFunctionURLResponse{
			StatusCode: w.status, Headers: joined(w.sent), Cookies: cookies, Body: body, IsBase64Encoded: isBase64,
		})
	case !e.isLoadBalancer():
		return json.Marshal(events.APIGatewayProxyResponse{
			StatusCode: w.status, MultiValueHeaders: w.sent, Body: body, IsBase64Encoded: isBase64,
		})
	}
	r := targetResponse{
		StatusCode: w.status, StatusDescription: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		Body: body, IsBase64Encoded: isBase64,
	}
	if e.multiValueHeaders != nil {
		r.MultiValueHeaders = w.sent
	} else {
		r.Headers = joined(w.sent)
	}
	return json.Marshal(r)
}

// targetResponse is an events.ALBTargetGroupResponse without the headers that the
// target group does not use: null headers make a load balancer answer 502.
//
// Source: https://github.com/awslabs/aws-lambda-go-api-proxy/issues/79
type targetResponse struct {
	StatusCode        int                 `json:"statusCode"`
	StatusDescription string              `json:"statusDescription"`
	Headers           map[string]string   `json:"headers,omitzero"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders,omitzero"`
	Body              string              `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

// dropNone removes the names without a value, which JSON would have as null.
func dropNone(header http.Header) {
	maps.DeleteFunc(header, func(_ string, values []string) bool { return len(values) == 0 })
}

// joined returns the header with one value for each name. A cookie may contain a
// comma, so several cookies cannot be joined: only the first is kept.
func joined(header http.Header) map[string]string {
	out := make(map[string]string, len(header))
	for name, values := range header {
		if name == "Set-Cookie" {
			values = values[:min(1, len(values))]
		}
		if len(values) > 0 {
			out[name] = strings.Join(values, ",")
		}
	}
	return out
}
