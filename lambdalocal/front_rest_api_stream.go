package lambdalocal

import (
	"maps"
	"time"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/httpresult"
)

// ResponseTransferMode is how a REST API sends a function's response.
type ResponseTransferMode string

// The transfer modes of API Gateway's integrations.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
const (
	ResponseTransferModeBuffered ResponseTransferMode = "BUFFERED"
	ResponseTransferModeStream   ResponseTransferMode = "STREAM"
)

// idleStream is how long the response of a Regional or private endpoint may pause. An
// edge-optimized one allows 30 seconds.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html#response-transfer-mode-considerations
const idleStream = 5 * time.Minute

func (m ResponseTransferMode) check() {
	refuse(m != ResponseTransferModeBuffered && m != ResponseTransferModeStream,
		"RESTAPI: RESTAPIOptions.ResponseTransferMode is %q, want %s or %s", m, ResponseTransferModeBuffered, ResponseTransferModeStream)
}

// streaming makes the front that of an integration with the mode STREAM. A response
// that does not begin with a prelude is answered with 500.
//
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html#response-transfer-mode-lambda-format
func (f *front) streaming() {
	f.readHead, f.idle, f.sized = httpresult.ReadRESTHead, idleStream, true
	f.refusals = maps.Clone(f.refusals)
	f.refusals[httpresult.ErrMalformed] = f.refusals[errThrottled]
}
