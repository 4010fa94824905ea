package lambdalocal

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"
	"unicode/utf8"
)

// DeadLetter is a message for a dead-letter queue: the event, and in the message's
// attributes why it was discarded.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
type DeadLetter struct {
	Body         []byte // the event's payload
	RequestID    string
	ErrorCode    int    // an HTTP status: 200 for a function that failed, 429 for throttling
	ErrorMessage string // at most 1 KB
}

// InvocationRecord is what a destination gets. It marshals to the JSON document that
// AWS describes.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
type InvocationRecord struct {
	Version         string           `json:"version"`   // "1.0"
	Timestamp       string           `json:"timestamp"` // ISO 8601 with milliseconds
	RequestContext  RequestContext   `json:"requestContext"`
	RequestPayload  json.RawMessage  `json:"requestPayload"`
	ResponseContext *ResponseContext `json:"responseContext,omitempty"` // nil if the function never ran
	ResponsePayload json.RawMessage  `json:"responsePayload,omitempty"` // a string if the response is not JSON
}

// RequestContext says which event it was and why it left the queue or the stream.
type RequestContext struct {
	RequestID   string `json:"requestId"`
	FunctionARN string `json:"functionArn"` // with the version, for an event

	// Condition is Success, RetriesExhausted, EventAgeExceeded or ZeroReservedConcurrency
	// for an event, and RetryAttemptsExhausted or RecordAgeExceeded for records of a
	// stream.
	Condition              string `json:"condition"`
	ApproximateInvokeCount int    `json:"approximateInvokeCount"`
}

// ResponseContext says how the last attempt ended.
type ResponseContext struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError,omitempty"` // Unhandled
}

const (
	conditionSuccess = "Success"
	conditionRetries = "RetriesExhausted"
	conditionAge     = "EventAgeExceeded"
	conditionZero    = "ZeroReservedConcurrency"
)

func (e *event) succeed() {
	if e.fn.options.OnSuccess != nil {
		e.fn.options.OnSuccess(e.record(conditionSuccess))
	}
}

// discard tells the dead letter and the on-failure destination. The dead letter is
// about the last attempt, which may have been throttled. The record is about the last
// attempt that ran.
func (e *event) discard(condition string, last outcome) {
	options := e.fn.options
	e.note("discarded: %s", condition)
	if options.DeadLetter == nil && options.OnFailure == nil {
		e.log("lambdalocal: event lost, and no dead letter or on-failure destination", errors.New(condition))
	}
	if options.DeadLetter != nil {
		options.DeadLetter(e.deadLetter(last))
	}
	if options.OnFailure != nil {
		options.OnFailure(e.record(condition))
	}
}

func (e *event) deadLetter(last outcome) DeadLetter {
	d := DeadLetter{bytes.Clone(e.payload), e.requestID, http.StatusTooManyRequests, "Rate Exceeded."}
	if last.err != nil {
		d.ErrorCode, d.ErrorMessage = http.StatusOK, shortened(last.err.Message)
	}
	return d
}

// shortened cuts a message at 1 KB, before a character that does not fit.
func shortened(message string) string {
	end := min(len(message), 1<<10)
	for end < len(message) && end > 0 && !utf8.RuneStart(message[end]) {
		end--
	}
	return message[:end]
}

func (e *event) record(condition string) InvocationRecord {
	r := InvocationRecord{
		Version: "1.0", Timestamp: time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		RequestContext: RequestContext{e.requestID, e.fn.ARN() + ":" + e.version(), condition, e.attempts},
		RequestPayload: bytes.Clone(e.payload),
	}
	if e.ran.err != nil {
		r.ResponseContext = &ResponseContext{http.StatusOK, e.version(), unhandled}
		r.ResponsePayload = e.ran.err.payload()
	} else if e.attempts > 0 {
		r.ResponseContext = &ResponseContext{StatusCode: http.StatusOK, ExecutedVersion: e.version()}
		r.ResponsePayload = document(e.ran.payload)
	}
	return r
}

// document is a response as a record has it: as a string if it is not JSON.
func document(response []byte) json.RawMessage {
	if len(response) == 0 || json.Valid(response) {
		return bytes.Clone(response)
	}
	return marshal(string(response))
}
