package webhook

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// request is what is read of a function URL event.
type request struct {
	method  string
	header  http.Header
	content string
	base64  bool
}

func parse(payload []byte) (*request, error) {
	var e events.LambdaFunctionURLRequest
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, errors.New("webhook: the event is no function URL request")
	}
	if e.RequestContext.HTTP.Method == "" {
		return nil, errors.New("webhook: the event is no function URL request: requestContext.http.method is empty")
	}
	header := http.Header{}
	for name, value := range e.Headers {
		header.Add(name, value)
	}
	return &request{method: e.RequestContext.HTTP.Method, header: header, content: e.Body, base64: e.IsBase64Encoded}, nil
}

// body returns the body as it was sent.
func (r *request) body(limit int) ([]byte, error) {
	size := len(r.content)
	if r.base64 {
		size = base64.StdEncoding.DecodedLen(size)
	}
	if size > limit+2 { // padding
		return nil, fmt.Errorf("%w: the limit is %d bytes", ErrTooLarge, limit)
	}
	if !r.base64 {
		return []byte(r.content), nil
	}
	body, err := base64.StdEncoding.DecodeString(r.content)
	if err != nil {
		return nil, fmt.Errorf("%w: it is said to be base64 and is not", ErrMalformed)
	}
	return body, nil
}
