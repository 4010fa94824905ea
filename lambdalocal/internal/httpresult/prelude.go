package httpresult

import (
	"bufio"
	"bytes"
	"io"
	"net/http"

	"github.com/asyncpatterns/asyncpatterns/internal/httpevent"
)

// maxPrelude is how long a prelude may be. AWS documents it for API Gateway, and
// nothing for function URLs.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
const maxPrelude = 16 << 10

// contentIntegration is the type of a response that begins with a prelude: a JSON
// object with statusCode, headers and cookies, and eight NUL bytes.
const contentIntegration = "application/vnd.awslambda.http-integration-response"

var preludeEnd = make([]byte, 8)

// ReadHead reads the head of a streamed response, and leaves the body unread. The error
// is ErrMalformed if the prelude is missing or invalid; any other is the reader's.
func ReadHead(contentType string, body *bufio.Reader) (*Response, error) {
	if httpevent.MediaType(contentType) != contentIntegration {
		// Until there is something to send, the function may still fail.
		if _, err := body.Peek(1); err != nil && err != io.EOF {
			return nil, err
		}
		return &Response{http.StatusOK, http.Header{"Content-Type": {contentType}}, nil}, nil
	}
	prelude, err := readPrelude(body)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return parsePrelude(prelude)
}

// readPrelude reads until the end of the prelude, the end of the body, or the limit.
func readPrelude(body *bufio.Reader) ([]byte, error) {
	var prelude []byte
	for len(prelude) < maxPrelude && !bytes.HasSuffix(prelude, preludeEnd) {
		b, err := body.ReadByte()
		if err != nil {
			return prelude, err
		}
		prelude = append(prelude, b)
	}
	return prelude, nil
}

func parsePrelude(prelude []byte) (*Response, error) {
	object, ended := bytes.CutSuffix(prelude, preludeEnd)
	if !ended {
		return nil, malformed("no prelude ends within %d bytes", maxPrelude)
	}
	r, err := readResult(object)
	if err != nil {
		return nil, err
	}
	if r.StatusCode == nil {
		status := http.StatusOK
		r.StatusCode = &status
	}
	r.Body, r.IsBase64Encoded = "", false
	return r.response(r.headerV2(typeJSON), false)
}
