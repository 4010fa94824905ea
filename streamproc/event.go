package streamproc

import (
	"fmt"
	"math"

	"github.com/asyncpatterns/asyncpatterns/streamproc/internal/avjson"
)

// EventError is the error for an event that Lambda does not send for a DynamoDB stream:
// an event of another service, an HTTP request, an envelope of selfinvoke, or records
// that are not all of DynamoDB. No record of it is handled. The error fails the
// invocation, so that a mapping of the wrong source, such as an SQS queue, keeps its
// records. It holds nothing of the event but the name of an AWS service.
//
// An event without records is one too. Lambda sends none, except at the end of a
// tumbling window, which needs a state in the response.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and
// services-ddb-windows.html
type EventError struct{ Reason string }

func (e *EventError) Error() string {
	return "streamproc: the event is not one of a DynamoDB stream: " + e.Reason
}

func noEvent(format string, args ...any) error { return &EventError{fmt.Sprintf(format, args...)} }

// parseEvent finds the records of a Lambda stream event.
func parseEvent(payload []byte) (records []RawRecord, err error) {
	if len(payload) > math.MaxInt32 {
		return nil, noEvent("it is too long") // Lambda sends at most 6 MB
	}
	var source []byte
	end := avjson.Members(payload, avjson.SkipSpace(payload, 0), func(name []byte, value int) (end int) {
		switch {
		case string(name) == "Records" && err == nil:
			records, end, err = parseRecords(payload, value)
			return end
		case string(name) == "eventSource": // of Kafka
			source = payload[value:]
		}
		return avjson.SkipValue(payload, value)
	})
	switch {
	case err != nil:
		return nil, err
	case end < 0 || avjson.SkipSpace(payload, end) != len(payload):
		return nil, noEvent("it is not a JSON object")
	case len(records) == 0 && source != nil:
		return nil, noEvent("it is of %s", serviceOf(source))
	case len(records) == 0:
		return nil, noEvent("it has no Records")
	}
	return records, nil
}

func parseRecords(payload []byte, pos int) (records []RawRecord, end int, err error) {
	records = make([]RawRecord, 0, len(payload)/recordSize+1)
	end = avjson.Elements(payload, pos, func(at int) (end int) {
		records = append(records, RawRecord{data: payload})
		r := &records[len(records)-1]
		if end = r.parse(at); end >= 0 {
			if err = r.foreign(len(records)-1, payload[at:end]); err != nil {
				return -1
			}
		}
		return end
	})
	switch {
	case end >= 0 || err != nil:
		return records, end, err
	case len(records) == 0:
		return nil, -1, noEvent("Records is not an array")
	}
	return nil, -1, noEvent("record %d is malformed", len(records)-1)
}

// recordSize is about the size of a small record with both images, to estimate how many
// records a payload has.
const recordSize = 700

// foreign returns an error if the record, which has index i, is not of a DynamoDB stream.
func (r *RawRecord) foreign(i int, record avjson.Object) error {
	source := r.source.in(r.data)
	switch {
	case len(source) == 0:
		return unnamed(i, record)
	case !avjson.Is(source, "aws:dynamodb"):
		return noEvent("record %d is of %s", i, serviceOf(source))
	case r.Operation != Insert && r.Operation != Modify && r.Operation != Remove:
		return noEvent("the eventName of record %d is not INSERT, MODIFY or REMOVE", i)
	case !r.changes:
		return noEvent("record %d has no dynamodb", i)
	}
	return nil
}

// unnamed is the error for a record without eventSource. SNS calls it EventSource.
func unnamed(i int, record avjson.Object) error {
	if source := record.Member("EventSource"); source != nil {
		return noEvent("record %d is of %s", i, serviceOf(source))
	}
	return noEvent("record %d has no eventSource", i)
}

// services are the sources whose names an error may contain. Anything else could be a part
// of a payload.
var services = map[string]bool{
	"aws:sqs": true, "aws:kinesis": true, "aws:sns": true, "aws:s3": true, "aws:ses": true, "aws:kafka": true,
	"SelfManagedKafka": true, "aws:mq": true, "aws:rmq": true, "aws:docdb": true, "aws:codecommit": true,
}

// serviceOf names the service that the JSON string at the start of quoted names.
func serviceOf(quoted []byte) string {
	if end := avjson.SkipValue(quoted, 0); end > 0 {
		if name := avjson.Text(nil, quoted[:end]); services[name] {
			return name
		}
	}
	return "another service"
}
