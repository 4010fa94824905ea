package httpresult

import "bytes"

// URLHead returns the head of a streamed response that a function URL has buffered, or
// nil if payload is not one. The body is lost.
//
// Source: radkawar/stackd@9dc356f5 testdata/aws/lambda/url_http_codecs.json,
// buffered_stream_metadata: 206 with headers and cookies, without the body.
func URLHead(payload []byte) *Response { return bufferedHead(payload, parsePrelude) }

// RESTHead is URLHead for a REST API.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html#response-transfer-mode-lambda-format
func RESTHead(payload []byte) *Response { return bufferedHead(payload, parseRESTPrelude) }

func bufferedHead(payload []byte, parse func(prelude []byte) (*Response, error)) *Response {
	at := bytes.Index(payload, preludeEnd)
	if at < 0 || at+len(preludeEnd) > maxPrelude {
		return nil
	}
	r, err := parse(payload[:at+len(preludeEnd)])
	if err != nil {
		return nil
	}
	return r
}
