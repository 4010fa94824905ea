package invokeapi

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/aws/smithy-go/eventstream"
)

// ContentType is that of an event stream.
const ContentType = "application/vnd.amazon.eventstream"

// Complete is how an event stream ends. Without an error and a log it is empty.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStreamCompleteEvent.html
type Complete struct {
	ErrorCode    string `json:"ErrorCode,omitempty"`
	ErrorDetails string `json:"ErrorDetails,omitempty"`
	LogResult    string `json:"LogResult,omitempty"`
}

// maxChunk keeps each event below the 16 MB that the SDKs accept.
const maxChunk = 8 << 20

// WriteChunk writes a part of a function's response as PayloadChunk events.
func WriteChunk(w io.Writer, payload []byte) error {
	for len(payload) > 0 {
		n := min(len(payload), maxChunk)
		if err := writeEvent(w, "PayloadChunk", "application/octet-stream", payload[:n]); err != nil {
			return err
		}
		payload = payload[n:]
	}
	return nil
}

// WriteComplete writes the InvokeComplete event.
func WriteComplete(w io.Writer, c Complete) error {
	payload, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return writeEvent(w, "InvokeComplete", "application/json", payload)
}

// writeEvent writes one event with the headers as captured.
//
// Source: radkawar/stackd 9dc356f5, testdata/aws/lambda/streaming.json, wire_events.
func writeEvent(w io.Writer, kind, contentType string, payload []byte) error {
	var event bytes.Buffer
	err := eventstream.NewEncoder().Encode(&event, eventstream.Message{
		Headers: eventstream.Headers{
			{Name: eventstream.EventTypeHeader, Value: eventstream.StringValue(kind)},
			{Name: eventstream.ContentTypeHeader, Value: eventstream.StringValue(contentType)},
			{Name: eventstream.MessageTypeHeader, Value: eventstream.StringValue(eventstream.EventMessageType)},
		},
		Payload: payload,
	})
	if err == nil {
		_, err = w.Write(event.Bytes())
	}
	return err
}
